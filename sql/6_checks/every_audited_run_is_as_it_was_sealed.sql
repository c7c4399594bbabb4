-- A run whose audit rows, or whose place in the chain, are not what they were when it was sealed.
select
    chain.run_id,
    chain.audit_rows,
    chain.audit_rows_found
from ops.v_audit_chain as chain
where not chain.is_intact;
