-- A cabinet lead that was linked rightly although it is written differently from its driver account: the one with the
-- most to tell. One row, or none when no lead is linked. `others` are the other records and accounts of the person.
with linked as (
    select
        link.source_pk,
        link.person_key,
        link.match_rule,
        link.match_score,
        link.confidence_level::text as confidence_level,
        link.evidence,
        lead.event_date,
        lead.name as lead_name,
        lead.phone as lead_phone,
        lead.plate as lead_plate,
        lead.car_model as lead_car,
        driver.driver_id,
        driver.hire_date,
        driver.full_name as driver_name,
        driver.phone as driver_phone,
        driver.car_number as driver_plate,
        concat_ws(' ', driver.car_brand, driver.car_model) as driver_car
    from ops.v_identity_links as link
    inner join canon.source_records as lead on lead.source_table = link.source_table and lead.source_pk = link.source_pk
    inner join canon.source_drivers as driver on driver.driver_id = link.matched_driver_id
    inner join demo.truth_records as record
        on record.source_table = link.source_table and record.source_pk = link.source_pk
    inner join demo.truth_drivers as truth on truth.driver_id = driver.driver_id and truth.human_id = record.human_id
    where link.source_table = 'module_ct_cabinet_leads'
),

stated as (
    select
        linked.source_pk,
        4 * (linked.lead_name ~ '^[[:alpha:] ,.''-]{8,36}$')::integer
        + 3 * (linked.lead_phone ~ '^[+]')::integer
        + 2 * (linked.lead_phone ~ '[0-9][ -][0-9]')::integer
        + 2 * (linked.lead_name ~ ' .* ')::integer
        + 2 * ((linked.evidence ->> 'similarity')::numeric between 0.8 and 0.97)::integer
        + 2 * coalesce(other_links.has_scouting_row, false)::integer
        + 2 * coalesce(other_links.has_other_rule, false)::integer
        + 4 * (linked.match_rule = 'R1_PHONE_EXACT')::integer
        + (linked.lead_plate <> linked.driver_plate)::integer
        + (left(linked.evidence ->> 'record_name', 4) <> left(linked.evidence ->> 'driver_name', 4))::integer
        + (linked.hire_date between linked.event_date and linked.event_date + 30)::integer as richness
    from linked
    left join lateral (
        select
            bool_or(other.source_table = 'module_ct_scouting_daily') as has_scouting_row,
            bool_or(other.match_rule not in (linked.match_rule, 'DRIVER_MATCH')) as has_other_rule
        from ops.v_identity_links as other
        where other.person_key = linked.person_key
    ) as other_links on true
)

select
    linked.source_pk,
    linked.person_key,
    linked.match_rule,
    linked.match_score,
    linked.confidence_level,
    linked.evidence,
    linked.event_date,
    linked.lead_name,
    linked.lead_phone,
    linked.lead_plate,
    linked.lead_car,
    linked.driver_id,
    linked.hire_date,
    linked.driver_name,
    linked.driver_phone,
    linked.driver_plate,
    linked.driver_car,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'source_table', other.source_table, 'source_pk', other.source_pk, 'match_rule', other.match_rule,
                    'event_date', event.event_date, 'scout_id', event.scout_id
                ) order by other.source_table, other.source_pk
            )
        from ops.v_identity_links as other
        left join ops.v_lead_events as event
            on event.source_table = other.source_table and event.source_pk = other.source_pk
        where
            other.person_key = linked.person_key
            and (other.source_table, other.source_pk) <> ('module_ct_cabinet_leads', linked.source_pk)
    ) as others
from linked
inner join stated using (source_pk)
order by stated.richness desc nulls last, linked.source_pk
limit 1;
