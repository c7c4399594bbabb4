-- A sealed run whose audit rows, or whose place in the chain, have changed since.
select
    chain.run_id,
    chain.part,
    chain.audit_rows,
    chain.audit_rows_found
from ops.v_audit_chain_due as chain
where chain.is_intact is not true;
