-- What tells rows of one source apart that may say the same: the place of the row or, where rows have none (views,
-- foreign tables), a hash of what it says.
create or replace function canon.row_place(transaction_id xid, place tid, content text)
returns tid
language sql stable parallel safe
as $$
    select case
        when transaction_id <> '0'::xid then place
        else format('(%s,1)', hashtextextended(content, 0) & 4294967294)::tid
    end
$$;
