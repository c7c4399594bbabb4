-- Every three different words of a normalised name, in alphabetical order: two names have a row in common when, and
-- only when, they share three words. A name of two words gives nothing.
-- Example: 'JUAN PEREZ SOTO' gives 'JUAN PEREZ SOTO'.
create or replace function canon.name_word_triples(name text)
returns setof text
language plpgsql immutable parallel safe rows 2
as $$
declare
    words text [] := array(
        select distinct word from unnest(string_to_array(name, ' ')) as word order by word
    );
begin
    -- names of three and four words, which nearly all are, without a loop
    case cardinality(words)
        when 3 then
            return next words[1] || ' ' || words[2] || ' ' || words[3];
        when 4 then
            return next words[1] || ' ' || words[2] || ' ' || words[3];
            return next words[1] || ' ' || words[2] || ' ' || words[4];
            return next words[1] || ' ' || words[3] || ' ' || words[4];
            return next words[2] || ' ' || words[3] || ' ' || words[4];
        else
            return query
            select words[i] || ' ' || words[j] || ' ' || words[k]
            from generate_series(1, cardinality(words)) as i
            cross join generate_series(i + 1, cardinality(words)) as j
            cross join generate_series(j + 1, cardinality(words)) as k;
    end case;
end
$$;
