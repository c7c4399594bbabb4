-- The country code with which an international number begins, or NULL if no country has such a code. No code is the
-- beginning of another (ITU-T E.164).
--
-- '584121234567' -> '58'    '5939123' -> '593'    '2100' -> NULL
create or replace function canon.calling_code(digits text)
returns text
language sql immutable parallel safe
as $$
    select substring(
        digits from
        '^(?:1|2(?:[07]|1[1-368]|[2-46][0-9]|5[0-8]|9[017-9])|3(?:[0-469]|5[0-9]|7[0-8]|8[0-35-79])|4(?:[013-9]|2[013])'
        '|5(?:[1-8]|[09][0-9])|6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])|7|8(?:[1246]|[07][08]|5[02356]|8[0-368])'
        '|9(?:[0-58]|6[0-8]|7[0-79]|9[2-68]))'
    )
$$;
