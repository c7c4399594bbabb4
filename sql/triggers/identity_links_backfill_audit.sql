-- Audit rows of the person backfill are append-only.
create or replace trigger append_only
before update or delete or truncate on ops.identity_links_backfill_audit
for each statement execute function ops.refuse_change();
alter table ops.identity_links_backfill_audit enable always trigger append_only;
