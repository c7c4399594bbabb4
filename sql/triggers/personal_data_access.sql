-- Accesses to personal data are append-only.
create or replace trigger append_only
before update or delete or truncate on ops.personal_data_access
for each statement execute function ops.refuse_change();
alter table ops.personal_data_access enable always trigger append_only;
