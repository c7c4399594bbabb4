-- Marks the chunks of a source that differ from their stored digests: only their rows are compared one by one. A run
-- that evaluates everything marks all chunks, one that leaves the source out marks none. Repeatable.
create or replace function canon.compare_source_chunks(source_table text, run_id integer)
returns void
language plpgsql
as $$
#variable_conflict use_column
begin
    insert into canon.source_chunk_digests as known (source_table, chunk, row_count, digest, is_read)
    select
        found.source_table,
        found.chunk,
        found.row_count,
        found.digest,
        false
    from canon.source_row_chunks as found
    cross join ops.run_settings(compare_source_chunks.run_id) as run
    left join canon.source_chunk_digests as seen
        on seen.source_table = found.source_table and seen.chunk = found.chunk and seen.is_read
    where
        found.source_table = compare_source_chunks.source_table
        and case
            when compare_source_chunks.source_table = 'drivers' then run.is_index_refreshed
            else run.source_tables is null or compare_source_chunks.source_table = any(run.source_tables)
        end
        and ((seen.row_count, seen.digest) is distinct from (found.row_count, found.digest) or not run.is_incremental)
    on conflict (source_table, chunk) do update
    set
        row_count = excluded.row_count,
        digest = excluded.digest,
        is_read = false;
end
$$;
