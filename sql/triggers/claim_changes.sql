-- Changes of claims are append-only.
create or replace trigger append_only
before update or delete or truncate on ops.claim_changes
for each statement execute function ops.refuse_change();
alter table ops.claim_changes enable always trigger append_only;
