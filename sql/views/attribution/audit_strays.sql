-- What stands beside the audit chain, each a sign that somebody wrote by hand:
--   UNKNOWN_RUN          audit rows under the number of a run that there is not
--   NUMBER_BELOW_ONE     rows that no seal covers, since seals begin at 1
--   DECISION_MISDATED    a decision dated an hour and more before or after it was written
--   SENT_HASH_MISSING    an alert carries a hash that the chain does not have at that position: it was written anew
-- Grain: one row per fault, table and run or number.
create or replace view ops.audit_strays as
select
    'UNKNOWN_RUN' as fault,
    audited.table_name,
    null::bigint as id,
    audited.run_id,
    null::bigint as position
from ops.audited_runs as audited
where
    not exists (select 1 from ops.ingestion_runs as run where run.id = audited.run_id)
    and not exists (select 1 from ops.earlier_audit_runs as earlier where earlier.run_id = audited.run_id)
union all
select
    'NUMBER_BELOW_ONE',
    below.table_name,
    below.id,
    null,
    null
from (
    select 'human_decisions' as table_name, sealed.id
    from ops.human_decisions as sealed where sealed.id < 1
    union all
    select 'identity_links_backfill_audit', sealed.id
    from ops.identity_links_backfill_audit as sealed where sealed.id < 1 and sealed.ingestion_run_id is null
    union all
    select 'lead_events_scout_backfill_audit', sealed.id
    from ops.lead_events_scout_backfill_audit as sealed where sealed.id < 1 and sealed.ingestion_run_id is null
    union all
    select 'lead_ledger_scout_backfill_audit', sealed.id
    from ops.lead_ledger_scout_backfill_audit as sealed where sealed.id < 1 and sealed.ingestion_run_id is null
    union all
    select 'liquidation_periods', sealed.id
    from ops.liquidation_periods as sealed where sealed.id < 1
    union all
    select 'scout_statements', sealed.id
    from ops.scout_statements as sealed where sealed.id < 1
    union all
    select 'scout_statement_lines', sealed.id
    from ops.scout_statement_lines as sealed where sealed.id < 1
    union all
    select 'scout_statement_payments', sealed.id
    from ops.scout_statement_payments as sealed where sealed.id < 1
    union all
    select 'personal_data_access', sealed.id
    from ops.personal_data_access as sealed where sealed.id < 1
) as below
union all
select
    'DECISION_MISDATED',
    'human_decisions',
    decision.id,
    null,
    null
from ops.human_decisions as decision
where
    decision.decided_at < decision.written_at - interval '1 hour'
    or decision.decided_at > decision.written_at + interval '1 hour'
union all
select
    'SENT_HASH_MISSING',
    'alert_deliveries',
    delivery.id,
    null,
    (delivery.facts -> 'seal' ->> 'position')::bigint
from ops.alert_deliveries as delivery
where
    delivery.facts -> 'seal' ->> 'hash' is not null
    and not exists (
        select 1 from ops.audit_chain as link
        where
            link.position = (delivery.facts -> 'seal' ->> 'position')::bigint
            and encode(link.hash, 'hex') = delivery.facts -> 'seal' ->> 'hash'
    );
