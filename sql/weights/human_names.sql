-- Names of the pairs that humans decided on, as in human_levels.
-- Grain and key: (source_table, source_pk, account_group).
select
    weighed.source_table,
    weighed.source_pk,
    least(weighed.record_name, weighed.driver_name) as name_a,
    greatest(weighed.record_name, weighed.driver_name) as name_b,
    pair.is_confirmed,
    weighed.probability
from canon.weighed_candidates_this_run as weighed
inner join pg_temp.human_pairs_this_step as pair using (source_table, source_pk, account_group)
where weighed.record_name is not null and weighed.driver_name is not null
order by weighed.source_table, weighed.source_pk, weighed.account_group;
