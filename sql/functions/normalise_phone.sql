-- The national number that a phone field holds, digits only, or NULL when it holds none that identifies
-- anybody.
--
-- Source of the rule: the identity rules (all notations of one number are equal; of two the first valid
-- counts) and the numbering plans. PE: mobiles 9 + 8 digits; landlines area code + subscriber, 8 digits. CO:
-- mobiles 3 + 9 digits; landlines 60x + 7 digits. A landline needs its area code: seven digits alone name one
-- subscriber in every region, and are mostly mobiles with digits missing. No tail is ever cut off a longer
-- number: +56 9 8765 4321 is Chilean, not Peruvian. Placeholders: seven or more equal digits, and 12345678
-- typed as a landline. An unknown country knows no valid number.
--
-- PE '+51 987-654-321' -> '987654321'                  PE '(01) 445-6677'     -> '14456677'
-- PE '0051987654321'   -> '987654321'                  PE '999999999'         -> NULL
-- PE 'cel: 987654321 / 912345678' -> '987654321'       CO '+57 (310) 4567890' -> '3104567890'
create or replace function canon.normalise_phone(raw text, country text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    mobile text;
    valid text;
    width integer;
    repeated text;
    cleaned text;
    piece text;
    groups text[];
    joined text;
    number text;
begin
    if country = 'PE' then
        mobile := '^0*(?:51)?0*(?:51)?9[0-9]{8}$';
        valid := '^0*(?:51)?0*(?:51)?(9[0-9]{8}|(?:1[2-7]|4[1-4]|5[1-46]|6[1-7]|7[2-46]|8[2-4])[0-9]{6})$';
        width := 9;
        repeated := '000|111|222|333|444|555|666|777|888|999';
    elsif country = 'CO' then
        mobile := '^0*(?:57)?0*(?:57)?3[0-9]{9}$';
        valid := '^0*(?:57)?0*(?:57)?(3[0-9]{9}|60[1245678][0-9]{7})$';
        width := 10;
        repeated := '00|11|22|33|44|55|66|77|88|99';
    end if;
    if raw is null or valid is null then
        return null;
    end if;

    -- one mobile in the usual notation, with or without country code: no need to look for more
    cleaned := raw;
    if length(raw) <> width then
        cleaned := replace(replace(replace(left(raw, 200), ' ', ''), '+', ''), '-', '');
        cleaned := replace(replace(cleaned, '(', ''), ')', '');
    end if;
    if cleaned ~ mobile then
        number := right(cleaned, width);
    end if;

    if number is null then
        -- a number with its notation fits in far less; beyond that the text is rubbish, and must stay cheap
        cleaned := left(btrim(raw, E' \t\r\n'), 200);
        if octet_length(cleaned) <> length(cleaned) then
            cleaned := normalize(cleaned, NFKC);  -- full-width digits, no-break spaces
        end if;
        -- spreadsheets write 987654321.0
        cleaned := regexp_replace(cleaned, '^([0-9]+)\.00?$', '\1');

        -- whatever is no phone punctuation separates numbers: / , ; "y", "cel:", emoji
        <<pieces>>
        foreach piece in array regexp_split_to_array(cleaned, '[^0-9+() ._-]+') loop
            number := substring(regexp_replace(piece, '[^0-9]', '', 'g') from valid);
            exit pieces when number is not null;

            -- two numbers side by side: digit groups, joined from the left until they make a number;
            -- what is left over must be long enough to be one too, else the field is one number mistyped
            groups := regexp_split_to_array(btrim(piece, '+() ._-'), '[^0-9]+');
            joined := '';
            for i in 1 .. cardinality(groups) loop
                joined := joined || groups[i];
                number := substring(joined from valid);
                if number is not null
                    and length(array_to_string(groups[i + 1:], '')) not between 1 and 5
                then
                    exit pieces;
                end if;
                number := null;
            end loop;
        end loop;
        if number is null then
            return null;
        end if;
    end if;

    -- seven equal digits: two others leave at least three of them side by side, three others at least two
    if number ~ repeated then
        for i in 0 .. 9 loop
            if length(number) - length(replace(number, i::text, '')) >= 7 then
                return null;
            end if;
        end loop;
    end if;
    return nullif(number, '12345678');
end
$$;
