-- Who brought the person, as the views say, and whether several claim it.
select
    attribution.scout_id,
    -- asked for by its number: joined, the list of scouts would be read whole
    (
        select scout.raw_name from ops.v_dim_scouts as scout where scout.scout_id = attribution.scout_id
    ) as scout_name,
    attribution.source_table,
    attribution.source_pk,
    attribution.attribution_date,
    attribution.priority,
    attribution.is_conflict
from ops.v_scout_attribution as attribution
where attribution.person_key = %(person_key)s::uuid;
