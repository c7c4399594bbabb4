-- A sealed run whose audit rows, or whose place in the chain, have changed since, and rows that were written by hand
-- beside the chain. Notes the verification if there is none.
select
    found.fault,
    found.table_name,
    found.id,
    found.run_id,
    found.part,
    found.audit_rows,
    found.audit_rows_found
from ops.check_audit() as found;
