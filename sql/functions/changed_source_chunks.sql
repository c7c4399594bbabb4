-- The chunks of a source that are to be compared row by row, as a string of bits, one per chunk; see
-- canon.source_row_chunks. Asked as "is this bit greater than zero", for which the planner expects a third of the rows:
-- planned for few, a first load would take for ever. Statistics of the table would say how many there are, but whoever
-- gathers them keeps the steps beside it waiting.
create or replace function canon.changed_source_chunks(source_table text)
returns bytea
language plpgsql stable parallel safe
as $$
declare
    bits bytea := decode(repeat('00', 65536 / 8), 'hex');
    unread bigint;
begin
    for unread in
        select known.chunk
        from canon.source_chunk_digests as known
        where known.source_table = changed_source_chunks.source_table and not known.is_read
    loop
        bits := set_bit(bits, unread, 1);
    end loop;
    return bits;
end
$$;
