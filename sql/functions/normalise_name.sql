-- A person's name as unaccented upper-case words separated by one space, in the order written; NULL: identifies nobody.
--
-- At most 10 words of at most 30 letters. Accents are folded (Ñ is N), also where a wrong encoding mangled them.
-- Apostrophes, digits and placeholders of a lost letter (?, U+FFFD) are removed; every other sign, emoji or control
-- character separates words. Particles and titles are dropped, also when joined to the surname. SAN and SANTA stay: San
-- Martín is not Martín.
-- NULL: TEST, PRUEBA, SIN NOMBRE, DRIVER DRAFT and the like; initials alone; one letter repeated (NN, XXX).
--
-- 'José de la Cruz Ñahui' -> 'JOSE CRUZ NAHUI'         'DELACRUZ, JOSE' -> 'CRUZ JOSE'
-- 'MuÃ±oz'                -> 'MUNOZ'                   'S/N'            -> NULL
create or replace function canon.normalise_name(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    name text := upper(left(raw, 1000) collate "C");
begin
    if name ~ '[^A-Z ]' then
        if octet_length(name) <> length(name) then
            name := left(raw, 1000);
            if strpos(name, 'Ã') > 0 then
                -- UTF-8 read as Latin-1 or Windows-1252, frequent in spreadsheets
                name := regexp_replace(name, 'Ã[¡\u0081]', 'a', 'g');
                name := regexp_replace(name, 'Ã[©‰\u0089]', 'e', 'g');
                name := regexp_replace(name, 'Ã[\u00AD\u008D]', 'i', 'g');
                name := regexp_replace(name, 'Ã[³“\u0093]', 'o', 'g');
                name := regexp_replace(name, 'Ã[º¼šœ\u009A\u009C]', 'u', 'g');
                name := regexp_replace(name, 'Ã[±‘\u0091]', 'n', 'g');
                name := replace(name, 'Â', '');
            end if;
            -- NFKD separates letter and accent; the two frequent accents are removed without a regular expression
            name := replace(replace(normalize(name, NFKD), U&'\0301', ''), U&'\0303', '');
            if octet_length(name) <> length(name) then
                name := regexp_replace(
                    name, '[´’ʼ\u0300-\u036F\u200B-\u200F\u2060\uFE0F\uFEFF\uFFFD]+', '', 'g'
                );
                name := translate(name, 'øØđĐłŁıæÆœŒðÐþÞß', 'oOdDlLiaAoOdDtTs');
            end if;
            name := upper(name collate "C");
        end if;
        if name ~ '[^A-Z ]' then
            name := translate(name, '0123456789?''`', '');
            name := translate(
                name, translate(name, ' ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), repeat(' ', length(name))
            );
        end if;
    end if;

    name := btrim(name);
    if strpos(name, '  ') > 0 then
        name := replace(replace(replace(name, ' ', '<>'), '><', ''), '<>', ' ');
    end if;

    -- one regular expression finds all names with something to remove or refuse; most have nothing
    if name ~ (
        '(^| )(D[AEIO]|DAS|DOS|DEL[A-Z]*|LAS?|LOS|EL|E|Y|VAN|VON|DER|DEN|SR|SRA|SRTA|JR|TEST|PRUEBA|DRAFT)( |$)'
    ) then
        if name ~ '(^| )DEL[A-Z]' then
            name := regexp_replace(
                name,
                '\m(DELOS(?=[A-Z]{4})|DELAS(?=[B-DF-HJ-NP-TV-Z][A-Z]{3})'
                '|DELA(?!GUILA\M)(?=[A-Z]{4}|HOZ\M|PAZ\M)'
                '|DEL(?=(CARPIO|CASTILLO|AGUILA|VALLE|PINO|RIO|POZO|SOLAR|CAMPO|BUSTO|MAESTRO|PORTAL)\M))+',
                '', 'g'
            );
        end if;
        -- two spaces between words, so that adjacent particles are both replaced; cheaper than a regular expression
        name := ' ' || replace(name, ' ', '  ') || ' ';
        name := replace(replace(replace(replace(replace(replace(
            name, ' DE ', ''), ' DEL ', ''), ' LA ', ''), ' LAS ', ''), ' LOS ', ''), ' EL ', ''
        );
        name := replace(replace(replace(replace(replace(replace(
            name, ' Y ', ''), ' E ', ''), ' DA ', ''), ' DO ', ''), ' DI ', ''), ' DAS ', ''
        );
        name := replace(replace(replace(replace(replace(replace(
            name, ' DOS ', ''), ' DELA ', ''), ' DELAS ', ''), ' DELOS ', ''), ' VAN ', ''), ' VON ', ''
        );
        name := replace(replace(replace(replace(replace(replace(
            name, ' DER ', ''), ' DEN ', ''), ' SR ', ''), ' SRA ', ''), ' SRTA ', ''), ' JR ', ''
        );
        if name ~ ' (TEST|PRUEBA|DRAFT) ' then
            return null;
        end if;
        name := btrim(replace(replace(replace(name, ' ', '<>'), '><', ''), '<>', ' '));
    end if;

    if length(name) > 20 then
        if length(name) > 30 and (length(name) > 34 or split_part(name, ' ', 3) = '') and name ~ '[A-Z]{31}' then
            name := regexp_replace(name, '([A-Z]{30})[A-Z]+', '\1', 'g');
        end if;
        if split_part(name, ' ', 11) <> '' then
            name := array_to_string((string_to_array(name, ' '))[1:10], ' ');
        end if;
    end if;

    if replace(replace(name, left(name, 1), ''), ' ', '') = ''
        or name !~ '[A-Z]{2}'
        or (
            split_part(name, ' ', 3) = ''
            and (
                name ~ '^(SN|NA|NULL|NONE|NINGUNO|ANONIMO|DESCONOCIDO|PENDIENTE|DRIVERDRAFT[A-Z]*)$'
                or name ~ '^(NOMBRES?( APELLIDOS?)?|SIN (NOMBRES?|DATOS?|APELLIDOS?|INFORMACION))$'
                or name ~ '^NO (TIENE|REGISTRA|APLICA|DEFINIDO)$'
                or name ~ '^(DRIVER|CONDUCTOR|CHOFER)( (DRIVER|CONDUCTOR|NUEVO|[A-Z]))?$'
            )
        )
    then
        return null;
    end if;
    return name;
end
$$;
