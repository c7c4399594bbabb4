-- Text in keyboard signs, for the functions that look for keys: compatibility forms such as full-width letters are
-- unfolded (NFKC), decimal digits of other scripts are 0 to 9, and signs without width (zero-width and bidirectional
-- marks, soft hyphen, byte order mark, keycaps) are gone. Ordinal and number signs become °, or NFKC would make letters
-- of them. Other signs stay as they are.
--
-- U&'\+00FF19\200B87' -> '987'    U&'\0669\0668' -> '98'    'Nº 5' -> 'N° 5'
create or replace function canon.plain_text(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    plain text := raw;
    zero integer;
begin
    if octet_length(plain) = length(plain) then
        return plain;
    end if;
    plain := normalize(replace(translate(plain, 'ºª', '°°'), '№', 'N°'), NFKC);
    if octet_length(plain) = length(plain) then
        return plain;
    end if;
    plain := regexp_replace(
        plain,
        '[\u0080-\u0084\u0086-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F'
        '\u202A-\u202E\u2060-\u206F\u20E3\uFE00-\uFE0F\uFEFF\uFFF9-\uFFFB\U000E0000-\U000E007F]+',
        '', 'g'
    );
    plain := regexp_replace(plain, '[\u058A\u2010-\u2015\u2043\u2212]', '-', 'g');
    plain := regexp_replace(plain, '[\u1680\u2028\u2029\u0085]', ' ', 'g');
    if plain ~ '[\u0660-\u1C59\uA620-\uABF9]' then
        -- the zeros of the scripts whose digits follow one another
        foreach zero in array '{
            1632, 1776, 1984, 2406, 2534, 2662, 2790, 2918, 3046, 3174, 3302, 3430, 3558, 3664, 3792, 3872, 4160,
            4240, 6112, 6160, 6470, 6608, 6784, 6800, 6992, 7088, 7232, 7248, 42528, 43216, 43264, 43472, 43504,
            43600, 44016
        }'::integer[] loop
            for digit in 0 .. 9 loop
                plain := replace(plain, chr(zero + digit), digit::text);
            end loop;
        end loop;
    end if;
    return plain;
end
$$;
