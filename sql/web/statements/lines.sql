-- The lines of one statement, with the statement whose line one corrects. Grain: one line. Filter: kind.
select
    line.*,
    corrected.statement_id as corrects_statement_id
from ops.v_scout_statement_lines as line
left join ops.v_scout_statement_lines as corrected on corrected.line_id = line.corrects_line_id
where
    line.statement_id = %(statement_id)s::bigint
    and (%(kind)s::text is null or line.kind = %(kind)s::text);
