-- The query that says of each row of a watched source (canon.watched_sources) when it arrived and which day it is
-- about; nothing cleaned. Its columns: row_version (the transaction that last wrote the row; NULL where rows do not
-- say), the day as a date (business_date) or a text to be parsed (business_text), and the arrival in local time
-- (came_at_local) or, where the source has the zone, absolute (came_at). A query for one source reads nothing of the
-- others, so that one that cannot be read does not hide them.
create or replace function canon.arrivals_query(source_name text)
returns text
language sql stable
as $$
    select case
        when exists (select from canon.record_sources as record where record.source_table = source_name)
            then format(
                'select coalesce(record.transaction_id, record.row_version) as row_version, record.event_date'
                ' as business_date, null::text as business_text, record.came_at_local, record.came_at'
                ' from (values (null::timestamptz, null::xid)) as absent (came_at, transaction_id)'
                ' cross join lateral (select source.row_version, source.event_date, source.came_at_local, came_at,'
                ' transaction_id from canon.%I as source) as record', 'records_of_' || source_name
            )
        else format('select arrival.* from canon.%I as arrival', 'arrivals_of_' || source_name)
    end
$$;
