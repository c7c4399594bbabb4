-- What a key has to do with merges: the person that it was merged into, whether it is a person now, and the persons
-- that were merged into it. One row.
select
    (
        select alias.survivor_key::text from canon.identity_aliases as alias
        where alias.person_key = asked.person_key
    ) as survivor_key,
    exists(select 1 from canon.identity_registry as person where person.person_key = asked.person_key) as is_person,
    array(
        select alias.person_key::text
        from canon.identity_aliases as alias
        where alias.survivor_key = asked.person_key
        order by alias.merged_at, alias.person_key
    ) as merged_keys
from (values (%(person_key)s::uuid)) as asked (person_key);
