-- Attribution metrics of each of the last 31 days, as of its last run; NULL for a day without a run. Days are in
-- ops.local_time_zone.
-- Grain and key: metric_date.
create or replace view ops.v_scout_attribution_metrics_daily as
select
    day.metric_date,
    daily.total_persons,
    daily.satisfactory_count,
    round(100.0 * daily.satisfactory_count / nullif(daily.total_persons, 0), 2) as pct_satisfactory,
    daily.missing_count,
    daily.by_source_scouting_daily,
    daily.by_source_cabinet_leads,
    daily.by_source_lead_ledger,
    daily.computed_at,
    daily.conflicts_count
from ops.local_time_zone as zone
cross join generate_series(0, 30) as days_before (number)
cross join lateral (
    select (now() at time zone zone.timezone)::date - days_before.number as metric_date
) as day
left join ops.scout_attribution_daily as daily on daily.metric_date = day.metric_date;
