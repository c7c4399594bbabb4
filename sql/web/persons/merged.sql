-- Persons that were merged into this one, oldest first.
select
    merged.person_key,
    merged.reason,
    merged.run_id,
    merged.merged_at
from ops.v_merged_persons as merged
where merged.survivor_key = %(person_key)s::uuid
order by merged.merged_at, merged.person_key;
