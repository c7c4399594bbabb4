-- A person's name as unaccented upper-case words separated by one space, in the order written; NULL: identifies nobody.
--
-- At most 10 words of at most 30 letters. Accents are folded (Ñ is N), also where canon.repair_text() finds them
-- mangled; # for Ñ, digits for letters (J0SE) and letters lost as ? or U+FFFD are restored where the letters beside
-- them tell. Apostrophes, other digits and invisible characters are removed; every other sign, emoji or control
-- character separates words, as does a zero-width space in a name without any other separator. Particles, titles, VIUDA
-- and notes behind a sign (- Moto) are dropped, particles also when joined to the surname. SAN and SANTA are joined to
-- the surname instead: San Martín is Sanmartín and not Martín.
-- NULL: TEST, PRUEBA, SIN NOMBRE, DRIVER DRAFT and the like; initials alone; one letter repeated (NN, XXX).
--
-- 'José de la Cruz Ñahui' -> 'JOSE CRUZ NAHUI'         'DELACRUZ, JOSE' -> 'CRUZ JOSE'
-- 'MuÃ±oz'                -> 'MUNOZ'                   'S/N'            -> NULL
-- 'San Martín, J0SE'      -> 'SANMARTIN JOSE'          'Ana Rojas vda. de Gil (Yango)' -> 'ANA ROJAS GIL'
create or replace function canon.normalise_name(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    name text := upper(left(raw, 1000) collate "C");
    letters text;
begin
    if name ~ '[^A-Z ]' then
        if octet_length(name) <> length(name) then
            name := upper(translate(left(raw, 1000), 'áéíóúñüÁÉÍÓÚÑÜ', 'aeiounuAEIOUNU') collate "C");
        end if;
        if octet_length(name) <> length(name)
            or strpos(name, '&') > 0
            or strpos(name, '\') > 0
            or strpos(name, 'U00') > 0
        then
            -- NFKD separates letter and accent
            name := normalize(canon.repair_text(left(raw, 1000)), NFKD);
            if octet_length(name) <> length(name) then
                if name ~ '[\u200B-\u200D\u2060\uFEFF]' and name !~ '[[:space:],;]' then
                    name := regexp_replace(name, '[\u200B-\u200D\u2060\uFEFF]+', ' ', 'g');
                end if;
                name := regexp_replace(
                    name, '[´‘’ʼ′\u00AD\u0300-\u036F\u200B-\u200F\u2060\uFE0F\uFEFF]+', '', 'g'
                );
                name := translate(name, 'øØđĐłŁıæÆœŒðÐþÞß', 'oOdDlLiaAoOdDtTs');
                name := regexp_replace(name, '[\uFFFD¿]+', '?', 'g');
            end if;
            name := upper(name collate "C");
        end if;
        if name ~ '[^A-Z ]' then
            if name ~ '[^A-Z ,.]' then
                if name ~ '[?~#0-9]' then
                    -- a lost letter: between vowels it was Ñ, before a final A or O mostly Í
                    name := regexp_replace(name, '([AEIOU])[?~]+(?=[AEIOU])', '\1N', 'g');
                    name := regexp_replace(name, '([B-DF-HJ-NP-TV-Z])[?]+(?=[AO]S?\M)', '\1I', 'g');
                    name := regexp_replace(name, '\mJOS[?]+(?![A-Z])', 'JOSE', 'g');
                    name := regexp_replace(name, '#(?=[A-Z])', 'N', 'g');
                    -- a digit typed for the letter that looks like it; one behind a word is a number
                    name := regexp_replace(name, '([A-Z]|\m)0(?=[0-9]?[A-Z])', '\1O', 'g');
                    name := regexp_replace(name, '([A-Z])1(?=[0-9]?[A-Z])', '\1I', 'g');
                    name := regexp_replace(name, '([A-Z])3(?=[0-9]?[A-Z])', '\1E', 'g');
                    name := regexp_replace(name, '([A-Z])4(?=[0-9]?[A-Z])', '\1A', 'g');
                    name := regexp_replace(name, '([A-Z])5(?=[0-9]?[A-Z])', '\1S', 'g');
                    name := translate(name, '0123456789?~', '');
                end if;
                if name ~ '[-–—/|*:;([{]' then
                    -- what somebody noted behind the name: JUAN QUISPE - MOTO, JUAN QUISPE (YANGO)
                    name := regexp_replace(
                        name,
                        '([A-Z]{2}[^-–—/|*:;([{]*)[-–—/|*:;([{]+ *'
                        '(MOTO(S|TAXI|CARGO|LINEAL)?|TORITO|AUTOS?|CARRO|CAMIONETA|TAXI|DELIVERY|REPARTIDOR|CONDUCTOR|CHOFER'
                        '|DRIVER|LEAD|SCOUT|REF(ERID[AO])?|YANGO|INDRIVER?|UBER|DIDI|CABIFY|RAPPI|FLOTA|PARK|(IN)?ACTIV[AO]'
                        '|NUEV[AO]|ANTIGU[AO]|BAJA|BLOQUEAD[AO]|PENDIENTE|CONFIRMAD[AO]|MIGRACION|WHATSAPP|WSP|CEL(ULAR)?'
                        '|TELF?|DNI|LICENCIA|BREVETE|PLACA|OK|DUPLICAD[AO]|NO (CONTESTA|RESPONDE)|TURNO|NOCHE|DIA)\M.*$',
                        '\1'
                    );
                end if;
            end if;
            name := translate(name, '''`', '');
            name := translate(
                name, translate(name, ' ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), repeat(' ', length(name))
            );
        end if;
    end if;

    name := btrim(name);
    if strpos(name, '  ') > 0 then
        name := replace(replace(replace(name, ' ', '<>'), '><', ''), '<>', ' ');
    end if;

    if strpos(name, 'DE') > 1 then
        if strpos(name, 'DEL') > 3
            or strpos(name, 'DEOCA') > 3
            or strpos(name, 'DEDIOS') > 3
            or strpos(name, 'DEJESUS') > 3
            or strpos(name, 'DEGUEVARA') > 3
        then
            -- MONTESDEOCA, JUANDEDIOS, MARIADELCARMEN
            name := regexp_replace(
                name,
                '([A-Z]{3})DE(L|LOS)?'
                '(?=(OCA|LEON|GUEVARA|DIOS|JESUS|CARMEN|PILAR|ROSARIO|ANGELES|SANTOS)\M)', '\1 ', 'g'
            );
        end if;
    end if;

    -- one regular expression finds all names with something to remove or refuse; most have nothing
    if name ~ (
        '(^| )(D[AEIO]|D[AO]S|DEL[A-Z]*|LAS?|LOS|EL|E|Y|V([AO]N|DA|IUD[AO])|DE[RN]|[JS]R|SRT?A|DRA?|III?'
        '|TEST|PRUEBA|DRAFT)( |$)'
    ) then
        if name ~ '(^| )DEL[A-Z]' then
            name := regexp_replace(
                name,
                '\m(DELOS(?=[A-Z]{4})|DELAS(?=[B-DF-HJ-NP-TV-Z][A-Z]{3})'
                '|DELA(?!GUILA\M)(?=[A-Z]{4}|HOZ\M|PAZ\M)'
                '|DE(?=LEON\M)|DEL(?=(CARPIO|CASTILLO|AGUILA|VALLE|PINO|RIO|POZO|SOLAR|CAMPO|BUSTO|MAESTRO|PORTAL|CARMEN'
                '|PILAR|ROSARIO)\M))+',
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
        name := replace(replace(replace(replace(replace(replace(replace(
            name, ' II ', ''), ' III ', ''), ' DR ', ''), ' DRA ', ''), ' VDA ', ''), ' VIUDA ', ''), ' VIUDO ', ''
        );
        if name ~ ' (TEST|PRUEBA|DRAFT) ' then
            return null;
        end if;
        name := btrim(replace(replace(replace(name, ' ', '<>'), '><', ''), '<>', ' '));
    end if;
    if strpos(name, 'SAN') > 0 and (strpos(name, 'SAN ') > 0 or strpos(name, 'SANTA ') > 0) then
        name := ltrim(replace(' ' || name, ' SAN ', ' SAN'));
        name := regexp_replace(name, '\mSANTA (?=(MARIA|CRUZ|ANA|CLARA|COLOMA|GADEA|TERESA|LUCIA)\M)', 'SANTA', 'g');
    end if;

    if length(name) > 20 then
        if length(name) > 30 and (length(name) > 34 or split_part(name, ' ', 3) = '') and name ~ '[A-Z]{31}' then
            name := regexp_replace(name, '([A-Z]{30})[A-Z]+', '\1', 'g');
        end if;
        if split_part(name, ' ', 11) <> '' then
            name := array_to_string((string_to_array(name, ' '))[1:10], ' ');
        end if;
    end if;

    letters := replace(name, ' ', '');
    -- one letter repeated; as many letters as words
    if replace(letters, left(letters, 1), '') = ''
        or 2 * length(letters) - 1 <= length(name)
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
