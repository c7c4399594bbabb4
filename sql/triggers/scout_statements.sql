-- Statements are append-only: what turns out otherwise is a line of the next period.
create or replace trigger append_only
before update or delete or truncate on ops.scout_statements
for each statement execute function ops.refuse_change();
alter table ops.scout_statements enable always trigger append_only;
