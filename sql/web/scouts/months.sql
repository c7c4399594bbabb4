-- Records of a scout in the last twelve months of the calendar, this one included. Grain: one month and source.
select
    month.month,
    month.source_table,
    month.records,
    month.persons
from ops.v_scout_months as month
where
    month.scout_id = %(scout_id)s::integer
    and month.month >= date_trunc('month', %(today)s::timestamp) - interval '11 months'
    and month.month <= %(today)s::date
order by month.month, month.source_table;
