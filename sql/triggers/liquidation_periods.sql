-- Closed liquidation periods are append-only: what turns out otherwise is a line of the next one.
create or replace trigger append_only
before update or delete or truncate on ops.liquidation_periods
for each statement execute function ops.refuse_change();
alter table ops.liquidation_periods enable always trigger append_only;
