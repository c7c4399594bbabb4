-- The national number in a phone field, digits only, or NULL if there is none that identifies a person.
--
-- All notations of one number are equal; of two numbers the first valid one counts. PE: mobiles 9 + 8 digits; landlines
-- area code + subscriber, 8 digits. CO: mobiles 3 + 9 digits; landlines 60x + 7 digits. A landline needs its area code:
-- seven digits alone are ambiguous, and mostly a mobile with digits missing. A longer number is never truncated: +56 9
-- 8765 4321 is Chilean, not Peruvian. Placeholders: seven or more equal digits, and 12345678 as a landline. An unknown
-- country has no valid number.
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

    -- fast path: one mobile in the usual notation, with or without country code
    cleaned := raw;
    if length(raw) <> width then
        cleaned := replace(replace(replace(left(raw, 200), ' ', ''), '+', ''), '-', '');
        cleaned := replace(replace(cleaned, '(', ''), ')', '');
    end if;
    if cleaned ~ mobile then
        number := right(cleaned, width);
    end if;

    if number is null then
        -- a limit on the length keeps long rubbish cheap
        cleaned := left(btrim(raw, E' \t\r\n'), 200);
        if octet_length(cleaned) <> length(cleaned) then
            cleaned := normalize(cleaned, NFKC);  -- full-width digits, no-break spaces
        end if;
        -- spreadsheets write 987654321.0
        cleaned := regexp_replace(cleaned, '^([0-9]+)\.00?$', '\1');

        -- everything but phone punctuation separates numbers: / , ; "y", "cel:", emoji
        <<pieces>>
        foreach piece in array regexp_split_to_array(cleaned, '[^0-9+() ._-]+') loop
            number := substring(regexp_replace(piece, '[^0-9]', '', 'g') from valid);
            exit pieces when number is not null;

            -- two numbers side by side: join digit groups from the left until they make a number; the rest must be
            -- long enough to be a number as well, else the field is one mistyped number
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

    -- seven equal digits imply a run: of three with two other digits (PE), of two with three others (CO)
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
