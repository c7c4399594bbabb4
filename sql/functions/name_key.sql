-- The words of a normalised name, lower case, in alphabetical order: equal for the same words in any order. Payments
-- name drivers as "Quispe José Luis" or "José Luis Quispe". The argument is the result of canon.normalise_name(); NULL
-- gives NULL.
--
-- 'QUISPE JOSE LUIS' -> 'jose luis quispe'
create or replace function canon.name_key(name text)
returns text
language sql immutable parallel safe
as $$
    select lower(array_to_string(
        array(select word from unnest(string_to_array(name, ' ')) as word order by word collate "C"), ' '
    ) collate "C")
    where name is not null
$$;
