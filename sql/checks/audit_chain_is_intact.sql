-- A run whose audit rows, or whose place in the chain, are not what they were when it was sealed.
select
    chain.run_id,
    chain.part,
    chain.audit_rows,
    chain.audit_rows_found
from ops.v_audit_chain_due as chain
where chain.is_intact is not true;
