-- The last days of attribution, oldest first; a day without a run has no figures. Grain: one day.
select
    daily.metric_date as date,
    daily.total_persons,
    daily.satisfactory_count,
    daily.pct_satisfactory,
    daily.missing_count,
    daily.conflicts_count,
    daily.by_source_scouting_daily as scouting_daily,
    daily.by_source_cabinet_leads as cabinet_leads,
    daily.by_source_lead_ledger as lead_ledger
from (
    select recent.*
    from ops.v_scout_attribution_metrics_daily as recent
    order by recent.metric_date desc
    limit %(days)s::integer
) as daily
order by daily.metric_date;
