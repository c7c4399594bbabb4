-- A statement, today in the zone of the settings, and who noted its payment; NULL if there is none. One row.
select
    local.today,
    statement.statement_id,
    statement.period_start,
    statement.paid_on,
    statement.payment_reference,
    statement.paid_noted_by,
    statement.paid_noted_at
from canon.local_today as local
left join ops.v_scout_statements as statement on statement.statement_id = %(statement_id)s::bigint;
