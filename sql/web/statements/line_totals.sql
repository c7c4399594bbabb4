-- What the lines of one statement add up to: what was earned, what corrects an earlier period. Grain: one kind.
select
    line.kind,
    line.currency,
    count(*) as lines,
    sum(line.amount) as amount
from ops.v_scout_statement_lines as line
where line.statement_id = %(statement_id)s::bigint
group by line.kind, line.currency
order by line.kind desc;
