-- A driving licence as upper-case letters and digits, or NULL if the text identifies nobody.
--
-- Lower-case letters count. Peruvian class A is a letter and the eight digits of the DNI; class B and foreign licences
-- have other shapes, so no shape is required.
-- NULL: no digit (PENDIENTE, NINGUNO, S/N), shorter than 6 or longer than 15, drafts and tests (DRIVERDRAFT…), seven or
-- more equal digits, or four or more digits that are all equal.
--
-- 'q-12345678'      -> 'Q12345678'     ' Q 4567 8901 ' -> 'Q45678901'
-- 'DRIVERDRAFT0012' -> NULL            'Q00000000'     -> NULL
create or replace function canon.normalise_license(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    compact text;
    digits text;
begin
    -- fast path for the usual form, unless few digits differ from the last two: then it may be a placeholder
    if raw ~ '^[A-Z][0-9]{8}$' and length(translate(raw, right(raw, 2), '')) > 2 then
        return raw;
    end if;

    compact := upper(left(raw, 200) collate "C");
    if compact ~ '[^0-9A-Z]' then
        if octet_length(compact) <> length(compact) then
            compact := upper(normalize(compact, NFKC) collate "C");
        end if;
        compact := translate(compact, translate(compact, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
    end if;
    if length(compact) not between 6 and 15
        or compact !~ '[0-9]'
        or compact ~ '^(TEST|TEMP|PRUEBA|SINLIC|PEND|NOTIENE)|DRAFT'
    then
        return null;
    end if;
    digits := translate(compact, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '');
    if length(digits) >= 4 and replace(digits, left(digits, 1), '') = '' then
        return null;
    end if;
    -- cheap necessary condition for seven equal digits, then the exact count
    if length(digits) >= 7
        and length(translate(digits, right(digits, length(digits) - 6), '')) <= length(digits) - 7
    then
        for i in 0 .. 9 loop
            if length(digits) - length(replace(digits, i::text, '')) >= 7 then
                return null;
            end if;
        end loop;
    end if;
    return compact;
end
$$;
