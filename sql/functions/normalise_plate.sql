-- A number plate as a comparison key, or NULL if the text is no plate.
--
-- Plates in use: PE ABC-123 with letters or digits in positions 2-3, AA-1234 before 2010; CO ABC123, motorcycles
-- ABC12D. Upper-case letters and digits, 5 to 7, at least one of each. O becomes 0 and I becomes 1. Most positions
-- allow only letters or only digits, so nothing is lost; in positions 2-3 of Peruvian plates two plates may become
-- equal (AOB123, A0B123), which is acceptable because a plate counts only with a similar name. Not for display.
-- NULL: no letter, no digit, serial 000, XXX…, one letter and one digit repeated (AAA111), TEST, TEMP, PLACA, DRAFT.
--
-- 'abc-123' -> 'ABC123'    'BOX 1O5' -> 'B0X105'    'SIN PLACA' -> NULL    'S/N' -> NULL    'AAA-000' -> NULL
create or replace function canon.normalise_plate(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    compact text := upper(left(raw, 200) collate "C");
    plate text;
begin
    -- fast path for the usual form, unless it may be a placeholder: XXX-123, ABC-000
    plate := replace(replace(compact, '-', ''), ' ', '');
    if plate ~ '^(?!XXX)[A-HJ-NP-Z][A-HJ-NP-Z0-9]{2}[0-9]{3}$'
        and replace(right(plate, 3), right(plate, 1), '') <> ''
    then
        return plate;
    end if;

    if compact ~ '[^0-9A-Z]' then
        if octet_length(compact) <> length(compact) then
            compact := upper(normalize(compact, NFKC) collate "C");
        end if;
        compact := translate(compact, translate(compact, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
    end if;
    if length(compact) not between 5 and 7
        or compact !~ '[0-9]'
        or compact ~ '^XXX|^TEST|^TEMP|PLACA|DRAFT'
    then
        return null;
    end if;
    plate := translate(compact, 'OI', '01');
    if plate !~ '[A-Z]'
        or plate ~ '^[A-Z]+0+$'
        or plate ~ '^([A-Z])\1+([0-9])\2+$'
    then
        return null;
    end if;
    return plate;
end
$$;
