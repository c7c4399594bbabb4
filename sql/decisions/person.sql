-- The current key of a person: its own, or that of the person it was merged into; NULL if there is none. One row.
select coalesce(
    (select person.person_key from canon.identity_registry as person where person.person_key = asked.person_key),
    (select alias.survivor_key from canon.identity_aliases as alias where alias.person_key = asked.person_key)
)::text as person_key
from (values (%(person_key)s::uuid)) as asked (person_key);
