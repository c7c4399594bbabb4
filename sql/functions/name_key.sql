-- The words of a normalised name in alphabetical order, lower case: equal for the same words in any order.
--
-- Source of the rule: payments name drivers as "Quispe José Luis" or "José Luis Quispe". The argument is what
-- canon.normalise_name() returns; NULL stays NULL.
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
