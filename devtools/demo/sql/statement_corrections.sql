-- Corrections of the period that begins on %(period_start)s. Grain: one line.
select
    line.scout_id,
    line.reason_code,
    line.amount::float8 as amount,
    line.currency,
    line.milestone_trips,
    line.payable_date,
    line.person_key::text as person_key
from ops.v_scout_statement_lines as line
where line.period_start = %(period_start)s and line.kind = 'CORRECTION'
order by line.line_id;
