-- How many people have each word in their names, as counted; no row: nothing was counted. Grain and key: word.
select
    frequency.value,
    frequency.people
from canon.value_frequencies as frequency
where frequency.kind = 'word';
