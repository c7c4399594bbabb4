-- Whether two keys of one length differ by one character, or by two neighbours that changed places.
--
-- '987654321', '987654221' -> true    '987654321', '987653421' -> true    equal keys -> false
create or replace function canon.is_one_off(a text, b text)
returns boolean
language plpgsql immutable strict parallel safe
as $$
declare
    size constant integer := length(a);
    at integer := 1;
begin
    if length(b) <> size or a = b then
        return false;
    end if;
    while substr(a, at, 1) = substr(b, at, 1) loop
        at := at + 1;
    end loop;
    return substr(a, at + 1) = substr(b, at + 1)
        or (
            substr(a, at, 1) = substr(b, at + 1, 1)
            and substr(a, at + 1, 1) = substr(b, at, 1)
            and substr(a, at + 2) = substr(b, at + 2)
        );
end
$$;
