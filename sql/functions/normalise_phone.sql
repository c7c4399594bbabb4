-- The national number in a phone field, digits only, or NULL if there is none that identifies a person.
--
-- All notations of one number are equal; of two numbers the first valid one counts. PE: mobiles 9 + 8 digits; landlines
-- area code + subscriber, 8 digits. CO: mobiles 3 + 9 digits; landlines 60x + 7 digits. A landline needs its area code:
-- seven digits alone are ambiguous, and mostly a mobile with digits missing. A longer number is never truncated, and a
-- number that begins with + or 00 must have this country's code: +56 9 8765 4321 is Chilean, not Peruvian, and so is
-- +56, 987654321. Placeholders: seven or more equal digits, and 12345678 as a landline. An unknown country has no valid
-- number. The national plans are those of libphonenumber, without numbers of services.
--
-- PE '+51 987-654-321' -> '987654321'                  PE '(01) 445-6677'     -> '14456677'
-- PE '0051987654321'   -> '987654321'                  PE '999999999'         -> NULL
-- PE 'cel: 987654321 / 912345678' -> '987654321'       CO '+57 (310) 4567890' -> '3104567890'
create or replace function canon.normalise_phone(raw text, country text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    code text;
    mobile text;
    plan text;
    national text;
    international text;
    width integer;
    cleaned text;
    before text;
    run text;
    digits text;
    carried text;
    groups text[];
    joined text;
    number text;
begin
    if country = 'PE' then
        code := '51';
        mobile := '^(?:0?|0{3,}|[+]?(?:00)?51(?:0?51)?0?)9[0-9]{8}$';
        width := 9;
    elsif country = 'CO' then
        code := '57';
        mobile := '^(?:0?|0{3,}|[+]?(?:00)?57(?:0?57)?0?)3[0-9]{9}$';
        width := 10;
    end if;
    if raw is null or code is null then
        return null;
    end if;

    -- fast path: one mobile in the usual notation, with or without country code
    cleaned := raw;
    if length(raw) <> width then
        cleaned := replace(replace(left(raw, 200), ' ', ''), '-', '');
        cleaned := replace(replace(cleaned, '(', ''), ')', '');
    end if;
    if cleaned ~ mobile then
        number := right(cleaned, width);
    elsif raw !~ '[0-9]' and octet_length(raw) = length(raw) then
        return null;
    else
        -- second fast path: a label, one mobile, another number or a note
        number := translate(substring(
            raw from
            '^(?![DdRrCc][NnUuCcEe.][IiCcDd.: ])[A-Za-z:. ]*'
            || case country
                when 'PE' then '(?:[+]?51 ?)?(9[0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3})'
                else '(?:[+]?57 ?)?(3[0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{4})'
            end
            || ' *(?:$|[A-Za-z(/,;])'
        ), ' -', '');
    end if;
    if number is null then
        if country = 'PE' then
            plan := '(9[0-9]{8}|(?:1[0-8]|4[12]|5[236]|6[1-7]|7[246]|8[2-4])[0-9]{6}'
                '|(?:19[02-68]|(?:4[34]|5[14]|73)[0-8]|687|755)[0-9]{5}'
                '|(?:7173|810[05689]|860[06-9]|861[6-9]|8629|870[0569]|87[56]0)[0-9]{4})$';
        else
            -- until 2021 a landline dialled 03 before a mobile
            plan := '(?:033?)?(3[0-9]{9}|9408[0-9]{6}|60[1245678][0-9]{7})$';
        end if;
        -- 011: as dialled from the United States
        national := format('^(?:011(?=%1$s))?0*(?:%1$s)?0*(?:%1$s)?0*%2$s', code, plan);
        international := format('^%1$s0*(?:%1$s)?0*%2$s', code, plan);

        -- third fast path: a landline, unless it is a date
        if cleaned ~ '^0?[1-9][0-9]+$' and raw !~ '-(19|20)[0-9]{2}$' then
            number := substring(cleaned from national);
        end if;

        <<attempts>>
        for attempt in 1 .. 2 loop
            exit attempts when number is not null;
            before := case when attempt = 2 then cleaned end;
            cleaned := canon.phone_text(raw, attempt = 2);
            exit attempts when cleaned is null or cleaned = before;
            carried := '';

            foreach run in array string_to_array(cleaned, '|') loop
                if run like 'x%' then
                    carried := '';
                end if;
                digits := translate(run, ' x+', '');
                continue when digits = '';
                if strpos(run, '+') > 0 then
                    carried := '';
                    number := substring(digits from international);
                else
                    -- groups of one number, written with signs that mostly separate numbers: 987/654/321
                    if carried <> '' then
                        number := substring(carried || digits from national);
                        exit attempts when length(number) = width or number is not null and carried ~ ('^0|^' || code);
                        if length(digits) >= 6 and length(carried) > 1 and canon.calling_code(carried) = carried then
                            -- a country code without plus: 56 / 987654321
                            number := null;
                            carried := '';
                            continue;
                        end if;
                    end if;
                    number := substring(digits from national);
                end if;
                exit attempts when number is not null;

                -- two numbers side by side: join digit groups from the left until they make a number; the rest must be
                -- long enough to be a number as well, else the field is one mistyped number
                groups := string_to_array(btrim(run, 'x+ '), ' ');
                joined := '';
                for i in 1 .. cardinality(groups) - 1 loop
                    joined := joined || groups[i];
                    number := substring(
                        joined from case when strpos(run, '+') > 0 then international else national end
                    );
                    if length(digits) - length(joined) < 6 then
                        number := null;
                    end if;
                    exit attempts when number is not null;
                end loop;
                carried := case
                    when strpos(run, '+') = 0
                        and length(carried || digits) <= case when carried || digits like code || '%' then 8 else 6 end
                        then carried || digits
                    else ''
                end;
            end loop;
        end loop;
        if number is null then
            return null;
        end if;
    end if;

    -- cheap necessary condition for seven equal digits, then the exact count
    if length(translate(number, right(number, length(number) - 6), '')) <= length(number) - 7 then
        for i in 0 .. 9 loop
            if length(number) - length(replace(number, i::text, '')) >= 7 then
                return null;
            end if;
        end loop;
    end if;
    return nullif(number, '12345678');
end
$$;
