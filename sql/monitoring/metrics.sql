-- What is reported as metrics after each health check. Grain and key: (metric, about). No row: the value is not known
-- now.
with counted as (
    select
        (select count(*) from canon.identity_links as link where link.source_table <> 'drivers') as linked,
        (
            select count(*) from canon.identity_unmatched as unmatched
            where unmatched.status in ('OPEN', 'IGNORED')
        ) as unmatched
),

measured (metric, tag, about, value) as (
    select
        single.metric,
        null::text,
        null::text,
        single.value
    from ops.v_scout_attribution_metrics_snapshot as snapshot
    cross join lateral (
        values
        ('attribution.conflicts', snapshot.conflicts_count::float8),
        ('attribution.persons', snapshot.total_persons::float8),
        ('attribution.persons_without_scout', snapshot.persons_missing_scout::float8),
        ('attribution.scout_share', snapshot.pct_scout_satisfactory::float8 / 100)
    ) as single (metric, value)
    union all
    select
        single.metric,
        null,
        null,
        single.value
    from counted
    cross join lateral (
        values
        ('identity.linked', counted.linked::float8),
        ('identity.unmatched', counted.unmatched::float8),
        ('identity.linked_share', counted.linked::float8 / nullif(counted.linked + counted.unmatched, 0))
    ) as single (metric, value)
    union all
    select
        'pipeline.age_seconds',
        'job',
        pipeline.job_type,
        extract(epoch from pipeline.age)::float8
    from ops.v_pipeline_health as pipeline
    union all
    select
        single.metric,
        'source',
        source.source_name,
        single.value
    from ops.v_data_freshness_status as source
    cross join lateral (
        values
        ('source.age_seconds', extract(epoch from source.ingestion_lag_interval)::float8),
        ('source.rows', source.total_rows::float8)
    ) as single (metric, value)
    union all
    select
        'alerts.open',
        null,
        null,
        count(*)::float8
    from ops.v_open_alerts
)

select
    measured.metric,
    measured.tag,
    measured.about,
    measured.value
from measured
where measured.value is not null;
