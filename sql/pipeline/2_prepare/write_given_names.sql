-- Write how many pairs of names of one person were counted, and in how many the given names are two.
-- Grain and key: (kind, value). Safe to run again: count_frequencies has emptied the table.
-- rows: pairs
insert into canon.value_frequencies (kind, value, people)
values ('same_person', '', %(pairs)s::integer), ('other_given', '', %(differing)s::integer);
