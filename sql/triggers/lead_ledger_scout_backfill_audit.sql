-- Audit rows of the ledger are append-only.
create or replace trigger append_only
before update or delete or truncate on ops.lead_ledger_scout_backfill_audit
for each statement execute function ops.refuse_change();
alter table ops.lead_ledger_scout_backfill_audit enable always trigger append_only;
