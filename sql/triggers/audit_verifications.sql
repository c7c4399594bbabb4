-- Verifications of the audit chain are append-only.
create or replace trigger append_only
before update or delete or truncate on ops.audit_verifications
for each statement execute function ops.refuse_change();
alter table ops.audit_verifications enable always trigger append_only;
