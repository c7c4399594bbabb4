-- A driving licence as upper-case letters and digits, or NULL if the text identifies nobody.
--
-- Lower-case letters count. Peruvian class A is a letter and the eight digits of the DNI; class B and foreign licences
-- have other shapes, so no shape is required. Of two licences the first counts. Labels (Lic., DNI, C.C., N°), notes,
-- categories (A-IIa, C1), words and dates are left out; spreadsheet forms are read if they are exact.
-- NULL: no digit (PENDIENTE, NINGUNO, S/N), shorter than 6 or longer than 15, drafts and tests (DRIVERDRAFT…), a word
-- or category with a year (A2B 2024), seven or more equal digits, or four or more digits that are all equal.
--
-- 'q-12345678'           -> 'Q12345678'     ' Q 4567 8901 '      -> 'Q45678901'
-- 'Lic. Q12345678 A-IIb' -> 'Q12345678'     'C.C. 1.020.304.050' -> '1020304050'
-- 'DRIVERDRAFT0012'      -> NULL            'Q00000000'          -> NULL
create or replace function canon.normalise_license(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    labels text;
    category text;
    words text;
    compact text;
    digits text;
    piece text;
begin
    -- fast path for the usual form, unless few digits differ from the last two: then it may be a placeholder
    if raw ~ '^[A-Z][0-9]{8}$' and length(translate(raw, right(raw, 2), '')) > 2 then
        return raw;
    end if;

    -- second fast path: other forms that need no search
    compact := upper(left(raw, 200) collate "C");
    if compact ~ '^[A-Z]?-?[0-9]{6,12}$' then
        compact := replace(compact, '-', '');
    else
        words := upper(canon.spreadsheet_number(canon.plain_text(left(raw, 200))) collate "C");
        if words is null
            or words !~ '[0-9]'
            or translate(words, ' -_.:/', '') ~ '^(TEST|TEMP|PRUEBA|SINLIC|PEND|NOTIENE)|DRAFT'
        then
            return null;
        end if;
        labels := 'LICENCIA|LIC|BREVETE|NRO|NUM|NO|NR|CAT|DOC|DNI|RUC|PTP|PPT|CPP|PEP|CC|CE|CI|TI|ID';
        category := '[AB](?:I{1,3}|[123])[ABC]?|C[123]';
        words := translate(words, 'ÁÉÍÓÚ[]_', 'AEIOU() ');

        -- what is no licence, in the order in which it may hide one: dates, notes behind a number, labels, categories
        words := regexp_replace(
            words, '(?<![0-9])[0-3]?[0-9][-/.][01]?[0-9][-/.](?:19|20)?[0-9]{2}(?![-/.]?[0-9])'
            '|(?<![0-9])(?:19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9](?![-/.]?[0-9])',
            '|', 'g'
        );
        words := regexp_replace(words, '([0-9]{4,} *)\([^)]*(\)|$)', '\1|', 'g');
        words := regexp_replace(
            words,
            '\m(?:(?:[A-Z][.] ?)+[A-Z]\M[.]?|C[ /-]?[CE]\M|[A-Z]{4,}\M'
            '|(?:DE|EN|LA|EL|Y)\M|(?:' || labels || ')(?:\M|(?=[A-Z]?[0-9]{6})))[.:]?',
            '|', 'g'
        );
        piece := regexp_replace(
            words,
            '\m[ABC][- .]?(?:I{1,3}|(?<![ .])[123])[- ]?[ABC]?\M(?![.][0-9])|\mI{1,3}[- ]?[ABC]\M'
            '|\m[AB](?:I{1,3}|[123])[ABC](?=[A-Z]?[0-9]{8}\M)|(?<=\m[A-Z]?[0-9]{8,10})(?:' || category || ')\M',
            '|', 'g'
        );

        -- a number of at least six digits, in one or in the usual groups, behind at most two letters
        compact := substring(
            piece from
            '(?<![0-9A-Z])((?:[A-Z]{1,2}[-. ]{0,3})?[0-9]{6,15}'
            '|(?:[A-Z]{1,2}[-. ]{0,3})?[0-9]{1,3}(?:[-. ,''][0-9]{3}){2,4}'
            '|[A-Z][-. ]{0,3}[0-9]{1,4}(?:[-. ][0-9]{1,7}){1,4}|[0-9]{4}[-. ][0-9]{4})(?![0-9A-Z])'
        );
        if compact is not null and compact !~ '^(?:19|20)[0-9]{2}[-. ](?:19|20)[0-9]{2}$' then
            compact := translate(compact, '-. ,''', '');
        else
            -- other shapes: the first text between commas and slashes, all of its signs joined
            compact := null;
            words := regexp_replace(words, '(?<![0-9A-Z])(?:19|20)[0-9]{2}(?![0-9A-Z])', '', 'g');
            foreach piece in array regexp_split_to_array(words, '[,;/|&+()\n]+') loop
                piece := regexp_replace(piece, '[^0-9A-Z]+', '', 'g');
                piece := regexp_replace(
                    piece, '^(?:' || labels || ')+(?=[A-Z]?[0-9])|(?<=^[A-Z]?[0-9]{8,10})(?:' || category || ')$', '', 'g'
                );
                if length(piece) between 6 and 15
                    and piece ~ '[0-9].*[0-9]'
                    and piece !~ '^(?:[A-Z]{3,}|[ABC](?:I|[123])[ABC]|[0-9]{0,2})(?:19|20)[0-9]{2}$'
                then
                    compact := piece;
                    exit;
                end if;
            end loop;
        end if;
    end if;

    if length(compact) between 6 and 15 then
        digits := translate(compact, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '');
    else
        return null;
    end if;
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
