-- A number plate as a comparison key, or NULL if the text is no plate.
--
-- Plates in use: PE ABC-123 with letters or digits in positions 2-3, AA-1234 before 2010, motorcycles 1234-5A, 1234-AB
-- and A1-2345; CO ABC123, motorcycles ABC12D and ABC12, trailers R12345. Upper-case letters and digits, 5 to 7, at
-- least one of each. O becomes 0 and I becomes 1. Most positions allow only letters or only digits, so nothing is lost;
-- in positions 2-3 of Peruvian plates two plates may become equal (AOB123, A0B123), which is acceptable because a plate
-- counts only with a similar name. Not for display. Of two plates the first counts; labels and notes are left out.
-- NULL: no letter, no digit, serial 000, XXX…, one letter and one digit repeated (AAA111), TEST, TEMP, PLACA, DRAFT, a
-- brand or model with a year or digits (KIA2020, RIO 2019, TAXI01).
--
-- 'abc-123' -> 'ABC123'    'BOX 1O5' -> 'B0X105'    'SIN PLACA' -> NULL    'S/N' -> NULL    'AAA-000' -> NULL
-- 'Placa: ABC-123 (Kia Rio 2019)' -> 'ABC123'
create or replace function canon.normalise_plate(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    compact text := upper(left(raw, 200) collate "C");
    words text;
    plate text;
begin
    -- fast path for the usual form, unless it may be a placeholder (XXX-123, ABC-000) or a year (MG 2019)
    plate := replace(replace(compact, '-', ''), ' ', '');
    if plate ~ '^[A-HJ-NP-Z][A-HJ-NP-Z0-9]{2}[0-9]{3}$'
        and replace(right(plate, 3), right(plate, 1), '') <> ''
        and compact not like 'XXX%'
        and compact not like '% 20__'
        and compact not like '% 19__'
    then
        return plate;
    end if;
    if compact ~ '^[0-9]*$' then
        return null;
    end if;

    -- second fast path: other forms in one piece
    if compact ~ '^(?:[A-Z][A-Z0-9]{2}[0-9]{2}[A-Z0-9]?|[A-Z]{2}-?[0-9]{4}|[0-9]{4}-?[A-Z0-9]{2})$' then
        plate := replace(compact, '-', '');
    else
        words := upper(canon.plain_text(compact) collate "C");
        if words !~ '[0-9]' or words ~ '\mSIN *PLACA|DRAFT|\m(?:TEST|TEMP)' then
            return null;
        end if;
        words := translate(words, 'ÁÉÍÓÚ[]_', 'AEIOU() ');
        words := regexp_replace(words, '(?<=[0-9A-Z])[.,]0+(?![0-9A-Z])', '', 'g');
        -- notes; a label joined to the plate; words, also with digits (YARIS, TAXI01); short labels; years behind a word
        words := regexp_replace(
            words,
            '(?<=[0-9][A-Z]{0,2} *)\((?![A-Z][A-Z0-9]{2}[- ]?[0-9]{3}\))[^)]*(?:\)|$)|\m(?:PLACAS?|PLATE)(?=[A-Z][A-Z0-9]{2}[0-9]{2})'
            '|\m(?!PLACAS?[A-Z][A-Z0-9]{2}[0-9]{2}|[A-Z]{3}[OI][0-9OI]*[0-9][0-9OI]*\M)[A-Z]{4,}[0-9]*\M'
            '|\m(?:TAXI|AUTO|MOTO|MINI|AUDI|AVEO|POLO|CLIO|TICO|ALTO|VITO|ECHO|NIRO)[0-9]+\M'
            '|\m(?:PL|PLC|PLT|NRO|NUM|NO|N|EN|DE|LA|EL|MI|P/)(?![A-Z0-9]|[-. ]*[0-9]{2,3}[A-Z]?\M| *-)[.:°]*'
            '|(?<=(?:^|[^A-Z0-9])(?:MG|VW|[A-Z][0-9]?|[A-Z0-9]{3,}) )(?:19[5-9]|20[0-3])[0-9]\M(?! *-)',
            '|', 'g'
        );
        plate := translate(words, translate(words, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
        if length(plate) > 7 then
            -- the first text in the form of a plate
            plate := translate(substring(
                words from
                '(?<![0-9A-Z]|[0-9A-Z]-)(?=[^|]{0,12}[0-9])([A-Z][A-Z0-9]{2}[-. ]{0,3}[0-9OI]{3}'
                '|[A-Z]{2}[-. ]{0,3}[0-9]{4}|[A-Z][0-9][-. ]{0,3}[0-9]{4}|[0-9]{4}[-. ]{0,3}[0-9A-Z][A-Z]'
                '|[A-Z]{3}[-. ]{0,3}[0-9]{2}[A-Z]?|[RST][-. ]{0,3}[0-9]{5})(?![0-9A-Z]|-[0-9A-Z])'
            ), '-. ', '');
        end if;
    end if;

    if length(plate) not between 5 and 7 or plate !~ '[0-9]' or plate ~ '^XXX|^TEST|^TEMP' then
        return null;
    end if;
    plate := translate(plate, 'OI', '01');
    -- no plate has four letters at its beginning, or a year behind three signs
    if plate !~ '[A-Z]'
        or plate ~ '^[A-Z]{4}|^[A-Z][A-Z0-9]{2}(?:19[5-9]|20[0-3])[0-9]$'
        or plate ~ '^[A-Z]+0+$|^[A-Z0-9]{3}000$'
        or plate ~ '^([A-Z])\1+([0-9])\2+$'
    then
        return null;
    end if;
    return plate;
end
$$;
