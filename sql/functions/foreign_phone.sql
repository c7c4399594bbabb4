-- A number of another country as + and its 8 to 15 digits (E.164), or NULL. It must be written with + or 00 and a
-- country code that exists; a field in which canon.normalise_phone reads a number has no other. With it a driver who
-- registered with the phone of another country is recognised by that phone. NULL for placeholders: seven or more equal
-- digits, or 1234567…; and for an unknown country.
--
-- PE '0058 412-1234567' -> '+584121234567'    PE '+51 987654321' -> NULL    PE '56 9 8765 4321' -> NULL
create or replace function canon.foreign_phone(raw text, country text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    own_code text := case country when 'PE' then '51' when 'CO' then '57' end;
    code text;
    run text;
    digits text;
    number text;
begin
    if raw is null
        or own_code is null
        or octet_length(raw) = length(raw) and raw !~ '[+%&]|[.][Mm][Ee]/|[Ee]=|00'
        or canon.normalise_phone(raw, country) is not null
    then
        return null;
    end if;

    foreach run in array string_to_array(canon.phone_text(raw, false), '|') || '{x}'::text[] loop
        digits := translate(run, ' x+', '');
        if number is not null then
            -- the end of a number that is written with slashes
            if run !~ '[x+]' and length(digits) <= 6 then
                number := number || digits;
                continue;
            end if;
            code := canon.calling_code(number);
            exit when code <> own_code
                and length(number) between 8 and 15
                and (code <> '1' or number ~ '^1[2-9][0-9]{9}$')
                and '12345678901234567890' not like number || '%';
            number := null;
        end if;
        if strpos(run, '+') > 0 then
            number := digits;
        end if;
    end loop;

    for i in 0 .. 9 loop
        if length(number) - length(code) - length(replace(substr(number, length(code) + 1), i::text, '')) >= 7 then
            return null;
        end if;
    end loop;
    return '+' || number;
end
$$;
