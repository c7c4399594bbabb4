-- The time zone in which days are counted: that of the latest run's settings, not the session's. One row.
create or replace view ops.local_time_zone as
select
    coalesce(
        (
            select run.parameters ->> 'timezone'
            from ops.ingestion_runs as run
            where run.parameters ? 'timezone'
            order by run.id desc
            limit 1
        ),
        'America/Lima'
    ) as timezone;
