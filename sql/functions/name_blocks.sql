-- Blocking keys of a normalised name: one hash for every three different words, in any order. Two names share a key if
-- they share three words (or by a 64-bit collision). A name of fewer than three different words, or none, has none. XOR
-- of the word hashes is independent of their order, so the words need no sorting.
-- Two indexes store its results (drivers_index_name_blocks, records_index_name_blocks): a change of the results needs a
-- migration that rebuilds both.
--
-- 'JUAN PEREZ SOTO' and 'SOTO JUAN PEREZ' have the same single key
create or replace function canon.name_blocks(name text)
returns bigint[]
language plpgsql immutable parallel safe
as $$
declare
    words constant text[] := string_to_array(name, ' ');
    a constant bigint := hashtextextended(words[1], 0);
    b constant bigint := hashtextextended(words[2], 0);
    c constant bigint := hashtextextended(words[3], 0);
    d constant bigint := hashtextextended(words[4], 0);
begin
    -- nearly all names have three or four different words: no search for these
    case
        when words is null or cardinality(words) < 3 then
            return '{}';
        when cardinality(words) = 3 then
            return case when a <> b and a <> c and b <> c then array[a # b # c] else '{}' end;
        when cardinality(words) = 4 and a <> b and a <> c and a <> d and b <> c and b <> d and c <> d then
            return array[a # b # c, a # b # d, a # c # d, b # c # d];
        else
            return array(
                with word as materialized (
                    select distinct hashtextextended(unnested.word, 0) as hash from unnest(words) as unnested (word)
                )

                select first.hash # second.hash # third.hash
                from word as first
                inner join word as second on second.hash > first.hash
                inner join word as third on third.hash > second.hash
            );
    end case;
end
$$;
