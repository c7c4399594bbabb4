-- Human decisions with author, time, reason, and the state before and after; one row per changed row.
-- Grain and key: id.
create or replace view ops.v_human_decisions as
select
    decision.id,
    decision.kind,
    decision.person_key,
    decision.source_table,
    decision.source_pk,
    decision.reverted_run_id,
    decision.before,
    decision.after,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    decision.dag_run_id,
    -- a scalar subquery: what `exists` asks may be read whole
    (
        select queued.person_key
        from canon.payment_queue as queued
        where queued.person_key = decision.person_key
    ) is not null as awaits_money
from ops.human_decisions as decision;
