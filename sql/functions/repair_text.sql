-- Text as its writer meant it: the letters that a wrong encoding, an export or a look-alike alphabet put in place of
-- others. For names: every repaired letter is Latin. Anything that is no such fault stays as it is. NULL gives NULL.
--
-- HTML entities (named letters, decimal, hexadecimal), \u and \x escapes, also without the backslash; UTF-8 read once,
-- twice or thrice as Latin-1 or Windows-1252, or once as CP850 or Mac Roman, also when the result was put into lower or
-- upper case; CP850 read as Latin-1 or Windows-1252; Cyrillic and Greek letters that look like Latin ones.
--
-- 'Mu&ntilde;oz' -> 'Muñoz'    'MuÃƒÂ±oz' -> 'Muñoz'    'MU¤OZ' -> 'MUnOZ'    'JUАN' (with a Cyrillic А) -> 'JUAN'
create or replace function canon.repair_text(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    fixed text := raw;
    written text[];
    code integer;
begin
    if fixed ~ '[&\\]|[Uu]00' then
        fixed := regexp_replace(fixed, '&amp;', '&', 'gi');
        fixed := regexp_replace(
            fixed, '&([a-z])(acute|grave|circ|tilde|uml|cedil|ring|slash|caron);?', '\1', 'gi'
        );
        fixed := regexp_replace(fixed, '&(apos|[lr]squo|shy|zwnj|zwj);', '', 'gi');
        fixed := regexp_replace(fixed, '&(nbsp|quot|[lr]dquo|[nm]dash|lt|gt|middot|bull);', ' ', 'gi');
        fixed := regexp_replace(fixed, '(?<!\\)[Uu](00[C-Fc-f][0-9A-Fa-f])', '\\u\1', 'g');
        loop
            written := regexp_match(
                fixed,
                '(&#([0-9]{1,7});?|&#x([0-9a-f]{1,6});?|\\+u([0-9a-f]{4})|\\+x([0-9a-f]{2}))', 'i'
            );
            exit when written is null;
            code := coalesce(
                written[2]::integer,
                ('x' || lpad(coalesce(written[3], written[4], written[5]), 8, '0'))::bit(32)::integer
            );
            -- no character: half of a pair of surrogates, a control character, or beyond the last one
            fixed := replace(
                fixed, written[1],
                case when code between 32 and 55295 or code between 57344 and 1114111 then chr(code) else ' ' end
            );
        end loop;
    end if;
    if octet_length(fixed) = length(fixed) then
        return fixed;
    end if;

    if fixed ~ '[ÃãÂâ]' then
        -- the layers but the last: what a second reading made of the first one's characters
        for layer in 1 .. 3 loop
            exit when fixed !~ '[Ãã][ƒƑ\u0083]';
            fixed := regexp_replace(fixed, '[Ãã][ƒƑ\u0083]', 'Ã', 'g');
            fixed := regexp_replace(fixed, '[Ãã]¢', 'â', 'g');
            fixed := regexp_replace(fixed, '[Ãã]…', 'Å', 'g');
            fixed := regexp_replace(fixed, '[Ââ]‚¬', '€', 'g');
            fixed := regexp_replace(fixed, '[Ëë][œŒ]', '˜', 'g');
            fixed := regexp_replace(fixed, '[Ãã][‚\u0082]', 'Â', 'g');
            fixed := regexp_replace(fixed, '[Ææ][’\u0092]', 'ƒ', 'g');
            fixed := regexp_replace(fixed, '[Ââ][\u0080€][˜\u0098]', '‘', 'g');
            fixed := regexp_replace(fixed, '[Ââ][\u0080€][œŒ\u009C]', '“', 'g');
            fixed := regexp_replace(fixed, '[Ââ][\u0080€]°', '‰', 'g');
            fixed := regexp_replace(fixed, '[Åå]¡', 'š', 'g');
            fixed := regexp_replace(fixed, '[Åå][“\u0093]', 'œ', 'g');
            fixed := regexp_replace(fixed, '[Ââ]([\u0080-\u00BF])', '\1', 'g');
        end loop;
        fixed := regexp_replace(fixed, '[Ãã][¡\u0081]', 'a', 'g');
        fixed := regexp_replace(fixed, '[Ãã][©‰\u0089¨]', 'e', 'g');
        fixed := regexp_replace(fixed, '[Ãã][\u00AD\u008D]', 'i', 'g');
        fixed := regexp_replace(fixed, '[Ãã][³“\u0093²]', 'o', 'g');
        fixed := regexp_replace(fixed, '[Ãã][º¼šŠœŒ\u009A\u009C]', 'u', 'g');
        fixed := regexp_replace(fixed, '[Ãã][±‘\u0091]', 'n', 'g');
        fixed := regexp_replace(fixed, '[Ãã][§‡\u0087]', 'c', 'g');
        -- the second half of í is a soft hyphen, which many programs lose: GARCÃA
        fixed := regexp_replace(fixed, '([A-Za-z])[Ãã](?=[Aa])', '\1i', 'g');
        fixed := regexp_replace(fixed, '[Ââ](?=[\u0080-\u00BF])', '', 'g');
    end if;
    if fixed ~ '[├√]' then
        fixed := regexp_replace(fixed, '├[íü]|√[°Å]', 'a', 'g');
        fixed := regexp_replace(fixed, '├[®ë]|√[©â]', 'e', 'g');
        fixed := regexp_replace(fixed, '├¡|├ì|√[≠ç]', 'i', 'g');
        fixed := regexp_replace(fixed, '├│|├ô|√[≥ì]', 'o', 'g');
        fixed := regexp_replace(fixed, '├║|├Ü|├╝|├£|√[∫öºú]', 'u', 'g');
        fixed := regexp_replace(fixed, '├▒|├æ|√[±ë]', 'n', 'g');
    end if;
    if fixed ~ '[A-Za-z][¤¥¡¢£‚\u0082]' then
        fixed := regexp_replace(fixed, '([A-Za-z])[¤¥](?=[A-Za-z])', '\1n', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])¡(?=[A-Za-z])', '\1i', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])¢(?=[A-Za-z]|$)', '\1o', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])£(?=[A-Za-z])', '\1u', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])[‚\u0082](?=[A-Za-z]|$)', '\1e', 'g');
    end if;
    if fixed ~ '[\u0370-\u052F]' then
        -- a name that is really Cyrillic or Greek keeps letters that look like none of ours
        declare
            latin text := translate(
                fixed,
                'АВЕЁКМНОРСТУХІЇЈЅԚԜавеёкмнорстухіїјѕԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχη',
                'ABEEKMHOPCTYXIIJSQWabeekmhopctyxiijsqwhABEZHIKMNOPTYXaeikvoptuxn'
            );
        begin
            if latin !~ '[\u0370-\u052F]' then
                fixed := latin;
            end if;
        end;
    end if;
    return fixed;
end
$$;
