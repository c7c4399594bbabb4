-- Trigger function of both indexes: forgets the digests of a source's chunks, so that the next run reads all its rows.
create or replace function canon.invalidate_source_chunk_digests()
returns trigger
language plpgsql
as $$
begin
    delete from canon.source_chunk_digests as known
    where (known.source_table = 'drivers') = (tg_relid = 'canon.drivers_index'::regclass);
    return null;
end
$$;
