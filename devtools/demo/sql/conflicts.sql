-- Open conflicts with the scouts who claim the person, by name, who claimed first before the others; the conflict with
-- the most claims comes first. Grain and key: person_key.
select
    conflict.person_key::text as person_key,
    person.primary_full_name as person_name,
    array_agg(claim.scout_id order by claim.first_date, claim.scout_id) as scout_ids,
    string_agg(
        format('%%s (%%s)', coalesce(scout.scout_name_normalized, 'unknown'), claim.scout_id), ', '
        order by claim.first_date, claim.scout_id
    ) as scouts,
    conflict.first_event_date,
    conflict.last_event_date - conflict.first_event_date as days_between,
    sum(claim.claims)::integer as claims
from ops.v_scout_attribution_conflicts as conflict
inner join canon.v_persons as person on person.person_key = conflict.person_key
cross join lateral (
    select
        event.scout_id,
        min(event.event_date) as first_date,
        count(*) as claims
    from ops.v_lead_events as event
    where event.person_key = conflict.person_key and event.scout_id is not null
    group by event.scout_id
) as claim
left join ops.v_dim_scouts as scout on scout.scout_id = claim.scout_id
group by
    conflict.person_key, person.primary_full_name, conflict.first_event_date, conflict.last_event_date
order by claims desc, conflict.first_event_date, person.primary_full_name, conflict.person_key
limit %(rows)s;
