-- What is expected of each source: the catalogue with the cadence of the settings. Grain and key: source_name. A
-- cadence of zero: no loads are expected.
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
    make_interval(hours => settings.source_grace_hours) as grace,
    source.is_optional
from canon.watched_sources as source
cross join ops.health_settings as settings;
