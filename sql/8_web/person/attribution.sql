-- Who brought the person, as the views say, and whether several claim it.
select
    attribution.scout_id,
    scout.raw_name as scout_name,
    attribution.source_table,
    attribution.source_pk,
    attribution.attribution_date,
    attribution.priority,
    attribution.is_conflict
from ops.v_scout_attribution as attribution
left join ops.v_dim_scouts as scout on scout.scout_id = attribution.scout_id
where attribution.person_key = %(person_key)s::uuid;
