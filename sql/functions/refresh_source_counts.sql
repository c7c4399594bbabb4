-- Updates the stored counts of large sources; returns how many were counted. Run in each health check, as a statement
-- of its own. Idempotent: without writes since then it reads and changes nothing.
--
-- Exact while others write, because the counters are read before the rows: a row that is not in the counters yet may
-- be counted now and again by the next call, but as a row of an unsettled transaction, whose count is replaced then.
-- A source that cannot be read is recorded with the reason, and keeps its former counts.
create or replace function ops.refresh_source_counts()
returns integer
language plpgsql
set jit = off -- compiling takes longer than the query
as $$
declare
    source record;
    stored ops.source_counts;
    counters record;
    horizon xid8;
    is_reusable boolean;
    has_rows boolean;
    live_count_bytes bigint;
    counted integer := 0;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'source counts were asked for in a transaction that cannot see rows committed since it began'
            using hint = 'Call ops.refresh_source_counts() in a READ COMMITTED transaction.';
    end if;
    if not ops.take_lock('source_counts', wait => false) then
        return 0;
    end if;
    perform pg_stat_clear_snapshot();
    select settings.live_count_bytes into live_count_bytes from ops.health_settings as settings;
    for source in select watched.* from canon.watched_sources as watched loop
        select counts.* into stored from ops.source_counts as counts where counts.source_name = source.source_name;
        begin
            counters := ops.read_table_counters(to_regclass(format('%I.%I', source.schema_name, source.object_name)));
            horizon := pg_snapshot_xmin(pg_current_snapshot());
            is_reusable := coalesce(
                stored.identity = counters.identity
                and horizon::text::bigint - stored.horizon::text::bigint < 1000000000,
                false
            );
            if counters.identity is null or counters.table_bytes <= live_count_bytes then
                counters.identity := null;
                counters.rows_inserted := null;
                counters.table_bytes := null;
                horizon := null;
                delete from ops.source_days as days where days.source_name = source.source_name;
            elsif
                is_reusable
                and stored.rows_inserted = counters.rows_inserted and stored.table_bytes = counters.table_bytes
                and stored.problem is null
            then
                continue;
            else
                counted := counted + 1;
                delete from ops.source_days as days
                where days.source_name = source.source_name and not (is_reusable and days.is_settled);
                insert into ops.source_days as days (
                    source_name, metric_type, day, ahead_hour, is_settled, rows_count, last_at
                )
                select
                    source.source_name, added.metric_type, added.day, added.ahead_hour, added.is_settled,
                    added.rows_count, added.last_at
                from ops.count_source(
                    source.source_name, case when is_reusable then age(stored.horizon::xid) end, age(horizon::xid),
                    clock_timestamp()
                ) as added
                on conflict (source_name, metric_type, day, ahead_hour, is_settled) do update
                set
                    rows_count = days.rows_count + excluded.rows_count,
                    last_at = greatest(days.last_at, excluded.last_at);
                if source.source_name = 'summary_daily' then
                    insert into ops.source_days as days (source_name, metric_type, is_settled, rows_count)
                    select source.source_name, 'duplicate', added.is_settled, added.rows_count
                    from ops.count_duplicates(
                        case when is_reusable then age(stored.horizon::xid) end, age(horizon::xid)
                    ) as added
                    on conflict (source_name, metric_type, day, ahead_hour, is_settled) do update
                    set rows_count = days.rows_count + excluded.rows_count;
                end if;
            end if;
            execute format('select exists (%s)', canon.arrivals_query(source.source_name)) into has_rows;
            insert into ops.source_counts as counts (
                source_name, had_rows, counted_at, identity, rows_inserted, table_bytes, horizon
            )
            values (
                source.source_name, coalesce(stored.had_rows, false) or has_rows, clock_timestamp(),
                counters.identity, counters.rows_inserted, counters.table_bytes, horizon
            )
            on conflict (source_name) do update
            set
                had_rows = excluded.had_rows,
                counted_at = excluded.counted_at,
                identity = excluded.identity,
                rows_inserted = excluded.rows_inserted,
                table_bytes = excluded.table_bytes,
                horizon = excluded.horizon,
                problem = null,
                problem_code = null
            where
                counts.problem is not null
                or (counts.had_rows, counts.identity, counts.rows_inserted, counts.table_bytes, counts.horizon)
                is distinct from
                (excluded.had_rows, excluded.identity, excluded.rows_inserted, excluded.table_bytes, excluded.horizon);
        exception
            -- one source that cannot be looked at must not hide the others
            when others then
                insert into ops.source_counts as counts (source_name, had_rows, counted_at, problem, problem_code)
                values (
                    source.source_name, coalesce(stored.had_rows, false), clock_timestamp(), sqlerrm, sqlstate
                )
                on conflict (source_name) do update
                set problem = excluded.problem, problem_code = excluded.problem_code
                where
                    (counts.problem, counts.problem_code)
                    is distinct from (excluded.problem, excluded.problem_code);
        end;
    end loop;
    return counted;
end
$$;
