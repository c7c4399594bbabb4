-- A statement whose amount, or whose number of lines or corrections, is not that of its lines.
select
    statement.statement_id,
    statement.amount,
    held.amount as amount_of_lines,
    statement.line_count,
    held.lines,
    statement.correction_count,
    held.corrections
from ops.v_scout_statements as statement
left join (
    select
        line.statement_id,
        sum(line.amount) as amount,
        count(*) as lines,
        count(*) filter (where line.kind = 'CORRECTION') as corrections
    from ops.v_scout_statement_lines as line
    group by line.statement_id
) as held on held.statement_id = statement.statement_id
where
    (statement.amount, statement.line_count, statement.correction_count)
    is distinct from (held.amount, held.lines, held.corrections);
