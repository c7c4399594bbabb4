-- The version of a source row: the transaction that last wrote it or, in tables whose rows do not say (foreign tables:
-- always 0; views: none), a hash of what the row says. Compared by difference, never by order or age.
create or replace function canon.row_version(transaction_id xid, content text)
returns xid
language sql stable parallel safe
as $$
    select case
        when transaction_id <> '0'::xid then transaction_id
        else (hashtextextended(content, 0) & 4294967295)::text::xid
    end
$$;
