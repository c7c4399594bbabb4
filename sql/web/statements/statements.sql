-- Statements of scouts. Grain: one statement, which is one scout, period and currency. Filters: period, scout,
-- currency, paid or not.
select statement.*
from ops.v_scout_statements as statement
where
    (%(period)s::integer is null or statement.period_id = %(period)s::integer)
    and (%(scout_id)s::integer is null or statement.scout_id = %(scout_id)s::integer)
    and (%(currency)s::text is null or statement.currency = %(currency)s::text)
    and (%(is_paid)s::boolean is null or statement.is_paid = %(is_paid)s::boolean);
