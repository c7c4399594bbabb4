-- That a statement was paid is noted once and never changed.
create or replace trigger append_only
before update or delete or truncate on ops.scout_statement_payments
for each statement execute function ops.refuse_change();
alter table ops.scout_statement_payments enable always trigger append_only;
