-- Rows per source and day as of now: ops.source_days_of, of all sources.
create or replace function ops.source_days_now(moment timestamptz default now())
returns table (source_name text, metric_type text, day date, rows_count bigint, last_at timestamptz)
language plpgsql stable
set jit = off -- compiling takes longer than the query
as $$
begin
    return query
    select days.*
    from canon.watched_sources as watched
    cross join lateral ops.source_days_of(watched.source_name, moment) as days;
end
$$;
