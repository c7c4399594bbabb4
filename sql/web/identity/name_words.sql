-- How many people have each word in their names. Grain: a word.
select
    listed.word,
    listed.people
from ops.v_name_words as listed;
