-- Pairs that humans decided on: each level, whether it was confirmed, and how likely the weights say it is.
-- Grain and key: (source_table, source_pk, account_group, comparison).
select
    weighed.source_table,
    weighed.source_pk,
    weighed.comparison,
    weighed.level,
    pair.is_confirmed,
    weighed.same as probability
from canon.weighed_levels as weighed
inner join pg_temp.human_pairs_this_step as pair using (source_table, source_pk, account_group)
order by weighed.source_table, weighed.source_pk, weighed.account_group, weighed.comparison;
