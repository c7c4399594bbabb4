-- Cabinet leads without a scout whose person is claimed by a scout; potential_scout_id if it is only one.
-- Grain: one cabinet lead.
create or replace view ops.v_cabinet_leads_missing_scout_alerts as
select
    record.source_row_id::integer as cabinet_lead_id,
    (case when record.source_pk <> record.source_row_id::text then record.source_pk end)::varchar as external_id,
    record.recorded_at at time zone (select zone.timezone from ops.local_time_zone as zone) as lead_created_at,
    event.person_key,
    case when claims.scouts = 1 then claims.scout_id end as potential_scout_id,
    claims.scouts > 0 as has_scout_in_events
from observational.lead_events as event
inner join canon.records_index as record using (source_table, source_pk)
cross join lateral (
    select
        count(distinct other.scout_id) as scouts,
        min(other.scout_id) as scout_id
    from observational.lead_events as other
    where other.person_key = event.person_key and other.scout_id is not null
) as claims
where
    event.source_table = 'module_ct_cabinet_leads'
    and event.scout_id is null
    and event.person_key is not null
    and claims.scouts > 0;
