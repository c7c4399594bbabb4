-- One statement; no row: there is none with this number.
select statement.*
from ops.v_scout_statements as statement
where statement.statement_id = %(statement_id)s::bigint;
