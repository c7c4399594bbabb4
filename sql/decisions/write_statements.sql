-- Write the statements of period %(period_id)s and their lines, those of one statement side by side.
-- Grain: one statement, one line. Reads: statements_this_step, statement_lines_this_step. Once per period.
insert into ops.scout_statements (period_id, scout_id, currency, amount, line_count, correction_count)
select
    %(period_id)s,
    derived.scout_id,
    derived.currency,
    derived.amount,
    derived.line_count,
    derived.correction_count
from pg_temp.statements_this_step as derived
order by derived.scout_id, derived.currency;

-- rows: lines
insert into ops.scout_statement_lines (
    statement_id, kind, reason_code, corrects_line_id, person_key, rule_id, origin_tag, milestone_trips, driver_id,
    lead_date, achieved_date, payable_date, amount
)
select
    statement.id,
    line.kind,
    line.reason_code,
    line.corrects_line_id,
    line.person_key,
    line.rule_id,
    line.origin_tag,
    line.milestone_trips,
    line.driver_id,
    line.lead_date,
    line.achieved_date,
    line.payable_date,
    line.amount
from pg_temp.statement_lines_this_step as line
inner join ops.scout_statements as statement
    on
        statement.period_id = %(period_id)s
        and statement.scout_id = line.scout_id
        and statement.currency = line.currency
order by statement.id, line.person_key, line.milestone_trips, line.rule_id;
