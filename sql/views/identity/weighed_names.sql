-- The names of every weighed driver candidate of the batch that an exact key finds, with how likely it is the person of
-- the record, a stranger or a relative, as in canon.weighed_levels. Candidates found by their names are left out: their
-- names agree by construction.
-- Grain and key: (source_table, source_pk, account_group).
create or replace view canon.weighed_names as
select
    weighed.source_table,
    weighed.source_pk,
    weighed.account_group,
    least(weighed.record_name, weighed.driver_name) as name_a,
    greatest(weighed.record_name, weighed.driver_name) as name_b,
    weighed.probability as same,
    (1 - weighed.probability) * power(2::float8, weighed.household_bits::float8) as stranger,
    (1 - weighed.probability) * (1 - power(2::float8, weighed.household_bits::float8)) as relative
from canon.weighed_candidates_this_run as weighed
inner join canon.match_rules as rule on rule.position = weighed.rule_position
where
    weighed.driver_id is not null
    and weighed.record_name is not null
    and weighed.driver_name is not null
    and not rule.is_by_name;
