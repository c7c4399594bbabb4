-- Who claims a person, each claim of each source, the oldest first. Grain: one claim.
select
    claim.scout_id,
    -- asked for by its number: joined, the list of scouts would be read whole
    (select scout.raw_name from ops.v_dim_scouts as scout where scout.scout_id = claim.scout_id) as scout_name,
    claim.source_table,
    claim.source_pk,
    claim.origin_tag,
    claim.acquisition_method,
    claim.attribution_date,
    claim.created_at
from ops.v_scout_attribution_raw as claim
where claim.person_key = %(person_key)s::uuid
order by claim.attribution_date, claim.priority, claim.source_table, claim.source_pk;
