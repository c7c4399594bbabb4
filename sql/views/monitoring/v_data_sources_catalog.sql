-- The monitored sources: which columns hold the business date and the arrival time, how often a load is expected and on
-- which days of the week (1 is Monday; NULL: every day), how late it may be, the time zone of arrival stamps without
-- one, and whether the source is optional. Grain and key: source_name.
create or replace view ops.v_data_sources_catalog as
select
    source.source_name,
    source.schema_name,
    source.object_name,
    source.source_type,
    source.business_date_expr,
    source.ingestion_ts_expr,
    source.expected_cadence,
    source.is_optional,
    source.grace,
    source.stamp_zone,
    source.weekdays
from ops.source_expectations as source;
