-- Names of some persons. Grain: one person; one whose name nobody knows has no row.
select
    person.person_key,
    person.primary_full_name as name
from canon.v_persons as person
where person.person_key = any(%(person_keys)s::uuid[]) and person.primary_full_name is not null;
