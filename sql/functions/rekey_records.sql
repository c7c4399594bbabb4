-- Gives records of a source other keys, wherever they stand by their key; a new key may be the former key of another.
-- Audit rows keep the key that a record had then. Repeatable only with the keys that records have.
create or replace function canon.rekey_records(source_table text, former_pks text[], new_pks text[])
returns void
language plpgsql
as $$
declare
    relation text;
begin
    foreach relation in array array[
        'canon.records_index', 'canon.identity_links', 'canon.identity_unmatched', 'canon.identity_contested',
        'canon.replaced_records', 'observational.lead_events'
    ] loop
        -- in two steps, because keys are unique at every moment
        execute format(
            'update %s as held set source_pk = ''~'' || moved.new_pk'
            ' from unnest($2, $3) as moved (former_pk, new_pk)'
            ' where held.source_table = $1 and held.source_pk = moved.former_pk', relation
        ) using source_table, former_pks, new_pks;
        execute format(
            'update %s as held set source_pk = moved.new_pk from unnest($2) as moved (new_pk)'
            ' where held.source_table = $1 and held.source_pk = ''~'' || moved.new_pk', relation
        ) using source_table, new_pks;
    end loop;
end
$$;
