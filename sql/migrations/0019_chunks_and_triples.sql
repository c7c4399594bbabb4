-- What was read of each chunk of a source, so that a run compares rows only where a chunk differs from that.
-- Unlogged: it may be lost at any time, and then every row is compared once more.
create unlogged table canon.source_chunk_digests (
    source_table varchar not null,
    chunk bigint not null,
    row_count bigint not null,
    digest bigint not null,
    is_read boolean not null,
    primary key (source_table, chunk)
);

comment on table canon.source_chunk_digests is
'Chunks of the sources as they stood when they were last looked at (canon.source_row_chunks); is_read: all their rows '
'are in the index.';

-- Whatever is taken out of an index is to be read again.
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

create or replace trigger invalidate_source_chunk_digests
after delete or truncate on canon.records_index
for each statement execute function canon.invalidate_source_chunk_digests();

create or replace trigger invalidate_source_chunk_digests
after delete or truncate on canon.drivers_index
for each statement execute function canon.invalidate_source_chunk_digests();

-- It gives numbers now, which no replacement in place can say.
drop function if exists canon.name_word_triples(text);
