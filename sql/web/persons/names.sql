-- Names of some scouts and of some persons. Grain: one scout or one person, told apart by which key is there; one whose
-- name nobody knows has no row.
select
    scout.scout_id,
    null::uuid as person_key,
    scout.raw_name as name
from ops.v_dim_scouts as scout
where scout.scout_id = any(%(scout_ids)s::integer[]) and scout.raw_name <> ''
union all
select
    null,
    person.person_key,
    person.primary_full_name
from canon.v_persons as person
where person.person_key = any(%(person_keys)s::uuid[]) and person.primary_full_name is not null;
