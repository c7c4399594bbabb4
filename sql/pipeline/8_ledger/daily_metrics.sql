-- The metrics of today in the local zone. A later run of the day replaces them; a day without a run has no row. First
-- folds canon.attribution_counts into one row: the sum of its rows, or a full recount if the last check found the sum
-- wrong.
-- Grain and key: metric_date. Safe to run again: replaces the row of the day.
with last_check as (
    select coalesce(
        (
            select result.status from ops.check_results as result
            where result.check_name = 'attribution_totals_match_recount'
            order by result.checked_at desc, result.id desc
            limit 1
        ), 'OK'
    ) = 'OK' as is_correct
),

folded as (
    delete from canon.attribution_counts
)

-- the sum of the rows that this statement deletes, as it saw them
insert into canon.attribution_counts (
    persons, satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
)
select totals.*
from canon.attribution_totals as totals
where (select last_check.is_correct from last_check)
union all
select
    recount.persons,
    recount.satisfactory,
    recount.conflicts,
    recount.d_events,
    recount.a_events,
    recount.scouting_claims,
    recount.lead_claims
from ops.v_attribution_recount as recount
where not (select last_check.is_correct from last_check);

insert into ops.scout_attribution_daily as daily (
    metric_date, total_persons, satisfactory_count, missing_count, conflicts_count, by_source_scouting_daily,
    by_source_cabinet_leads, by_source_lead_ledger, computed_at, run_id
)
with queued as (
    -- persons still in the queue, because their events are being changed right now: few, read directly
    select
        count(*) filter (where ledger.has_scouting_claim) as scouting_before,
        count(*) filter (where ledger.has_lead_claim) as lead_before,
        count(*) filter (where events.has_scouting_claim) as scouting_claims,
        count(*) filter (where events.has_lead_claim) as lead_claims
    from canon.attribution_queue as queue
    left join observational.lead_ledger as ledger on ledger.person_key = queue.person_key
    cross join lateral (
        select
            coalesce(bool_or(event.source_table = 'module_ct_scouting_daily'), false) as has_scouting_claim,
            coalesce(bool_or(event.source_table = 'module_ct_cabinet_leads'), false) as has_lead_claim
        from observational.lead_events as event
        where event.person_key = queue.person_key and event.scout_id is not null
    ) as events
)

select
    (run.as_of at time zone run.timezone)::date,
    snapshot.total_persons,
    snapshot.persons_with_scout_satisfactory,
    snapshot.persons_missing_scout,
    snapshot.conflicts_count,
    totals.scouting_claims - queued.scouting_before + queued.scouting_claims,
    totals.lead_claims - queued.lead_before + queued.lead_claims,
    snapshot.persons_with_scout_satisfactory,
    run.as_of,
    %(run_id)s::integer
from ops.v_scout_attribution_metrics_snapshot as snapshot
cross join canon.attribution_totals as totals
cross join queued
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (metric_date) do update set
    total_persons = excluded.total_persons,
    satisfactory_count = excluded.satisfactory_count,
    missing_count = excluded.missing_count,
    conflicts_count = excluded.conflicts_count,
    by_source_scouting_daily = excluded.by_source_scouting_daily,
    by_source_cabinet_leads = excluded.by_source_cabinet_leads,
    by_source_lead_ledger = excluded.by_source_lead_ledger,
    computed_at = excluded.computed_at,
    run_id = excluded.run_id;
