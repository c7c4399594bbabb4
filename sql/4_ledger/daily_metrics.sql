-- What today looks like, in the local zone; later runs of the day replace it, days without a run stay empty.
-- Grain and key: metric_date.
insert into ops.scout_attribution_daily as daily (
    metric_date, total_persons, satisfactory_count, missing_count, conflicts_count, by_source_scouting_daily,
    by_source_cabinet_leads, by_source_lead_ledger, computed_at, run_id
)
select
    (run.as_of at time zone run.timezone)::date,
    snapshot.total_persons,
    snapshot.persons_with_scout_satisfactory,
    snapshot.persons_missing_scout,
    snapshot.conflicts_count,
    (
        select count(distinct event.person_key) from observational.lead_events as event
        where event.source_table = 'module_ct_scouting_daily' and event.scout_id is not null
    ),
    (
        select count(distinct event.person_key) from observational.lead_events as event
        where event.source_table = 'module_ct_cabinet_leads' and event.scout_id is not null
    ),
    snapshot.persons_with_scout_satisfactory,
    run.as_of,
    %(run_id)s::integer
from ops.v_scout_attribution_metrics_snapshot as snapshot
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
