-- A number plate in the form in which equal plates compare equal, or NULL when the text is no plate.
--
-- Source of the rule: the identity rules, and the plates in use (PE ABC-123 with letters or digits in
-- positions 2-3, AA-1234 before 2010; CO ABC123, motorcycles ABC12D). Upper-case letters and digits, 5 to 7,
-- at least one of each. O is written 0 and I is written 1 throughout. In most positions the shape allows only
-- one of the two, so nothing is lost; only in positions 2-3 of Peruvian plates two lawful plates could meet
-- (AOB123, A0B123), and a plate counts only together with a similar name. The result is a key to compare, not
-- a plate to show.
-- NULL: no letter, no digit, serial 000, XXX…, one letter and one digit repeated (AAA111), TEST, TEMP, PLACA,
-- DRAFT.
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
    -- the usual form, unless it could be a placeholder: XXX-123, ABC-000
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
