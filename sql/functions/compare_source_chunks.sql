-- Marks the chunks of a source that differ from their stored digests, or have no row any more: only their rows are
-- compared one by one. A run that evaluates everything marks all chunks, as does the first one after the table was
-- replaced; one that leaves the source out marks none.
-- Repeatable.
create or replace function canon.compare_source_chunks(source_table text, run_id integer)
returns void
language plpgsql
as $$
#variable_conflict use_column
begin
    -- Planning locks the table: from here on nobody puts another one in its place before this transaction ends.
    perform from canon.source_row_chunks as present where present.source_table = compare_source_chunks.source_table limit 0;
    insert into canon.source_chunk_digests as known (source_table, chunk, row_count, digest, is_read)
    select
        compare_source_chunks.source_table,
        coalesce(found.chunk, seen.chunk),
        coalesce(found.row_count, 0),
        coalesce(found.digest, 0),
        false
    from (
        select present.*
        from canon.source_row_chunks as present
        where present.source_table = compare_source_chunks.source_table
    ) as found
    full join (
        select stored.*
        from canon.source_chunk_digests as stored
        where stored.source_table = compare_source_chunks.source_table and stored.is_read
    ) as seen on seen.chunk = found.chunk
    cross join ops.run_settings(compare_source_chunks.run_id) as run
    where
        case
            when compare_source_chunks.source_table = 'drivers' then run.is_index_refreshed
            else run.source_tables is null or compare_source_chunks.source_table = any(run.source_tables)
        end
        and (
            (seen.row_count, seen.digest) is distinct from (coalesce(found.row_count, 0), coalesce(found.digest, 0))
            or not run.is_incremental
            or (select canon.is_source_replaced(compare_source_chunks.source_table))
        )
    on conflict (source_table, chunk) do update
    set
        row_count = excluded.row_count,
        digest = excluded.digest,
        is_read = false;
end
$$;
