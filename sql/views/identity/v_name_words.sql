-- How many people have a word in their names, as counted for the weights in force; words that only one has are not
-- listed. No row: nothing was counted.
-- Grain and key: word.
create or replace view ops.v_name_words as
select
    frequency.value as word,
    frequency.people
from canon.value_frequencies as frequency
where frequency.kind = 'word';
