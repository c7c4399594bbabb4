-- Whether several rows of one driver's day are parts of it, to be added, or versions, of which the newest counts: the
-- latest run's setting. One row.
create or replace view canon.trip_day_settings as
select
    coalesce(
        (
            select (run.parameters ->> 'trip_days_come_in_parts')::boolean
            from ops.ingestion_runs as run
            where run.parameters ? 'trip_days_come_in_parts'
            order by run.id desc
            limit 1
        ),
        false
    ) as come_in_parts;
