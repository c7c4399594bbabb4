-- Counts of the pairs of names of one person (value ''), and of those with two given names. No row changes.
alter table canon.value_frequencies drop constraint if exists value_frequencies_kind_check;
alter table canon.value_frequencies add constraint value_frequencies_kind_check check (
    kind in ('word', 'car', 'hired_close', 'hired_near', 'park', 'same_person', 'other_given')
);
