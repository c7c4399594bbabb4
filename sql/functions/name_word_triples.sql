-- Blocking key: one hash for every three different words of a normalised name, in any order. Two names share a hash if
-- they share three words (or by a 64-bit collision). A name of two words gives none; a name with a repeated word may
-- repeat a hash. XOR of the word hashes is independent of their order, so the words need no sorting.
--
-- 'JUAN PEREZ SOTO' and 'SOTO JUAN PEREZ' give the same single hash
create or replace function canon.name_word_triples(name text)
returns setof bigint
language plpgsql immutable parallel safe rows 2
as $$
declare
    words text [] := string_to_array(name, ' ');
    a bigint;
    b bigint;
    c bigint;
    d bigint;
begin
    -- nearly all names have three or four words: no loop for these
    case
        when words is null or cardinality(words) < 3 then
            return;
        when cardinality(words) <= 4 then
            a := hashtextextended(words[1], 0);
            b := hashtextextended(words[2], 0);
            c := hashtextextended(words[3], 0);
            if a <> b and a <> c and b <> c then
                return next a # b # c;
            end if;
            if cardinality(words) = 3 then
                return;
            end if;
            d := hashtextextended(words[4], 0);
            if a <> b and a <> d and b <> d then
                return next a # b # d;
            end if;
            if a <> c and a <> d and c <> d then
                return next a # c # d;
            end if;
            if b <> c and b <> d and c <> d then
                return next b # c # d;
            end if;
        else
            return query
            with word as materialized (
                select distinct hashtextextended(unnested.word, 0) as hash from unnest(words) as unnested (word)
            )

            select first.hash # second.hash # third.hash
            from word as first
            inner join word as second on second.hash > first.hash
            inner join word as third on third.hash > second.hash;
    end case;
end
$$;
