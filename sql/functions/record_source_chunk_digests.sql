-- Records that all rows of a source's chunks are in its index as of canon.compare_source_chunks, except the given
-- chunks, and none if the run was limited to some dates or left the source out. Repeatable.
create or replace function canon.record_source_chunk_digests(
    source_table text, run_id integer, but bigint[] default '{}'
)
returns void
language plpgsql
as $$
#variable_conflict use_column
begin
    update canon.source_chunk_digests as known
    set is_read = true
    from ops.run_settings(record_source_chunk_digests.run_id) as run
    where
        known.source_table = record_source_chunk_digests.source_table
        and not known.is_read
        and known.chunk <> all(record_source_chunk_digests.but)
        and case
            when record_source_chunk_digests.source_table = 'drivers' then run.is_index_refreshed
            else
                run.scope_date_from is null
                and run.scope_date_to is null
                and (run.source_tables is null or record_source_chunk_digests.source_table = any(run.source_tables))
        end;
end
$$;
