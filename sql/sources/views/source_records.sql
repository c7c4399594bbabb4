-- Every record of every source in one shape, nothing cleaned. The select is repeated for each entry of
-- control_tower/sources.py, joined by `union all`. The last three columns may be missing from a source's view: when the
-- row arrived, if the source has the zone, the transaction that last wrote it, and the columns that cannot be read.
-- Grain: one row per row of a source table. row_version differs after every insert or update, however late it committed
-- and whatever dates it carries (see canon.row_version); transaction_id is NULL where rows do not say.
-- Columns are cheap to compute: each run scans all rows for the few that changed, and only those are normalised.
create or replace view canon.source_records as
select
    '{table}'::varchar as source_table,
    record.* -- noqa: AM04
from (values (null::timestamptz, null::xid, null::text[])) as absent (came_at, transaction_id, unreadable)
cross join lateral (
    select
        source.source_pk,
        source.row_id,
        source.row_version,
        source.has_own_key,
        source.event_date,
        source.recorded_at,
        source.name,
        source.phone,
        source.license,
        source.plate,
        source.car_model,
        source.driver_id,
        source.scout_id,
        source.origin_tag,
        source.acquisition_method,
        source.scout_name,
        source.came_at_local,
        came_at, -- noqa: RF03
        transaction_id, -- noqa: RF03
        unreadable -- noqa: RF03
    from record_source_view as source
) as record;
