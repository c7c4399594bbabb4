-- The chain of hashes over audit rows is append-only.
create or replace trigger append_only
before update or delete or truncate on ops.audit_chain
for each statement execute function ops.refuse_change();
alter table ops.audit_chain enable always trigger append_only;
