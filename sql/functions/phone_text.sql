-- A phone field as runs of digits: all that canon.normalise_phone and canon.foreign_phone read in it.
--
-- In the result `+` begins an international number (also written 00, or as a WhatsApp link with a country code), a
-- space is a sign within a number, `|` a sign that may separate numbers, and `|x` stands for words. A country code
-- alone belongs to the digits that follow, whatever is between. Dates and numbers of documents are left out.
-- drop_markers: leave out the numbers of a list as well, such as 1) or "cel 2:".
--
-- 'Cel. +51-987 654 321 / 912345678' -> '|x |+51 987 654 321 | 912345678'
create or replace function canon.phone_text(raw text, drop_markers boolean)
returns text
language plpgsql immutable parallel safe
as $$
declare
    -- a limit on the length keeps long rubbish cheap
    phones text := canon.spreadsheet_number(canon.plain_text(left(btrim(raw, E' \t\r\n'), 200)));
    before text;
begin
    if phones ~ '[%&]|[.][Mm][Ee]/|[Ee]=' then
        phones := regexp_replace(phones, '%2B|&#43;|&plus;', '+', 'gi');
        phones := regexp_replace(phones, '%[0-9A-F]{2}', ' ', 'gi');
        phones := regexp_replace(phones, '(wa\.me/|[?&]phone=)(?=[0-9]{11})', '\1+', 'gi');
    end if;
    if phones ~ '[-/.][0-9][0-9]?[-/.][0-9]|[Dd][Nn][Ii]|[Rr][Uu][Cc]|[Cc][.]?[Cc]|[Cc][Ee][Dd]' then
        phones := regexp_replace(
            phones,
            '(?<![0-9])[0-3]?[0-9][-/.][01]?[0-9][-/.](?:19|20)[0-9]{2}(?![-/.]?[0-9])'
            '|\m(?:DNI|RUC|CEDULA|C\.?C)\M[^0-9+]{0,5}[0-9][0-9.]*',
            '|', 'gi'
        );
    end if;
    if drop_markers then
        phones := regexp_replace(
            phones,
            '#[1-9](?= )|(?<![0-9(+])[1-9](?:\)|[.]-?(?= )|[.]?-(?= *[0-9]{8}))'
            '|(?<=[A-Za-z])[.]? ?[0-9](?= *[:.)-]| +[0-9+(])'
            '|(?<=[0-9]) *\([0-9][0-9]?\)$',
            ' ', 'g'
        );
    end if;
    phones := replace(phones, '(0)', ' ');
    phones := regexp_replace(phones, '[A-Za-z]+', 'x', 'g');
    phones := regexp_replace(phones, '[]/,;:|&=?"#*<>{}@$!\\^%\n\r\v\f[]+', '|', 'g');
    phones := regexp_replace(phones, '[^0-9+|x]+', ' ', 'g');

    if phones ~ '[+]|(^|[ |x])00' then
        -- 00, and zeros behind a plus
        phones := regexp_replace(phones, '(^ ?|x ?)00[ |]*(?=[1-9])|([|] ?)00 ?(?=[1-9](?: ?[0-9]){7})', '\1\2+', 'g');
        phones := regexp_replace(phones, '[+][ +]*(?:0 *)*', '+', 'g');
        -- a code that two systems wrote
        phones := regexp_replace(phones, '[+]([0-9]{1,3})[ |]*[+]\1', '+\1', 'g');
        for i in 1 .. 4 loop
            before := phones;
            phones := regexp_replace(phones, '([+](?:[0-9] ?){0,7})[|x][|x ]*(?=[0-9])', '\1 ', 'g');
            exit when phones = before;
        end loop;
        phones := replace(phones, '+', '|+');
    end if;
    return replace(phones, 'x', '|x');
end
$$;
