-- The digits of a number that a spreadsheet or program wrote as a fraction or with an exponent; other text is returned
-- as it is. NULL: the exponent hides digits. `E+08` is written with a fixed number of digits, so all must be there;
-- `E8` is Java's shortest exact form, which leaves out one last zero.
--
-- '987654321.0' -> '987654321'        '9,87654321E+08' -> '987654321'    '900.075.000' -> '900.075.000'
-- '3.10457E+09' -> NULL               '3.10456789E9'   -> '3104567890'
create or replace function canon.spreadsheet_number(plain text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    parts text[];
    digits text;
    width integer;
begin
    if plain ~ '[0-9][Ee][+0-9]' then
        parts := regexp_match(plain, '^[^0-9A-Za-z]*([0-9])[.,]([0-9]{1,20})[Ee]([+]?)([0-9]{1,3})[^0-9A-Za-z]*$');
        if parts is not null then
            digits := parts[1] || parts[2];
            width := parts[4]::integer + 1;
            if length(digits) = width - 1 and parts[3] = '' and parts[4] !~ '^0' then
                digits := digits || '0';
            end if;
            if length(digits) < width or translate(substr(digits, width + 1), '0', '') <> '' then
                return null;
            end if;
            return case when plain ~ '^[^0-9]*[+]' then '+' else '' end || left(digits, width);
        end if;
    end if;
    if plain ~ '[0-9]{3}[.,]0' then
        -- with fewer digits before it, `.000` is a group of thousands; after such groups the other sign is decimal
        return regexp_replace(
            plain,
            '([0-9]{8}|[0-9]{4}(?=[.,]00?(?![0-9]))|[.][0-9]{3}(?=,00?(?![0-9]))|,[0-9]{3}(?=[.]00?(?![0-9])))'
            '[.,]0+(?![0-9]|[.,][0-9])',
            '\1', 'g'
        );
    end if;
    return plain;
end
$$;
