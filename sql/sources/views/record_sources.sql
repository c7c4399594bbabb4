-- The sources of records: the select is repeated for each entry of control_tower/sources.py. Grain: source_table.
create or replace view canon.record_sources as
select
    '{table}'::text as source_table,
    '{business_date}'::text as business_date_expr,
    '{arrived_at}'::text as ingestion_ts_expr,
    '{cadence_hours}'::integer as cadence_hours,
    '{may_be_absent}'::boolean as is_optional;
