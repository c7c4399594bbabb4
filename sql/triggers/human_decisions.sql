-- Human decisions are append-only: a later decision is a new row.
create or replace trigger append_only
before update or delete or truncate on ops.human_decisions
for each statement execute function ops.refuse_change();
alter table ops.human_decisions enable always trigger append_only;
