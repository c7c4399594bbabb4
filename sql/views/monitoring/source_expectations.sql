-- What is expected of each source: the catalogue with the cadence, grace, zone and days of the settings. Grain and key:
-- source_name. A cadence of zero: no loads are expected. stamp_zone: of arrival stamps without zone; weekdays: on which
-- it is loaded, 1 is Monday, NULL is every day.
create or replace view ops.source_expectations as
select
    source.source_name,
    source.schema_name,
    source.object_name,
    source.source_type,
    source.business_date_expr,
    source.ingestion_ts_expr,
    make_interval(
        hours => coalesce((settings.source_cadence_hours ->> source.source_name)::integer, source.cadence_hours)
    ) as expected_cadence,
    make_interval(
        hours => coalesce(
            (settings.source_own_grace_hours ->> source.source_name)::integer, settings.source_grace_hours
        )
    ) as grace,
    source.is_optional,
    coalesce(settings.source_zones ->> source.source_name, settings.timezone) as stamp_zone,
    (
        select array_agg(day.number::integer order by day.number)
        from jsonb_array_elements_text(settings.source_weekdays -> source.source_name) as day (number)
    ) as weekdays
from canon.watched_sources as source
cross join ops.health_settings as settings;
