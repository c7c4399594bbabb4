-- Who claims a person, each claim of each source, the oldest first. Grain: one claim.
select
    claim.scout_id,
    scout.raw_name as scout_name,
    claim.source_table,
    claim.source_pk,
    claim.origin_tag,
    claim.acquisition_method,
    claim.attribution_date,
    claim.created_at
from ops.v_scout_attribution_raw as claim
left join ops.v_dim_scouts as scout on scout.scout_id = claim.scout_id
where claim.person_key = %(person_key)s::uuid
order by claim.attribution_date, claim.priority, claim.source_table, claim.source_pk;
