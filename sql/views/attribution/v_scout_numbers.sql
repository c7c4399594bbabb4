-- Every number of a scout that the list of scouts, an event, the ledger or a statement names, with the name in the
-- list.
-- Grain and key: scout_id. Numbers of events and of the ledger are found one by one in their indexes, not by reading
-- the rows.
create or replace view ops.v_scout_numbers as
with recursive event_scouts as (
    (
        select event.scout_id from observational.lead_events as event
        where event.scout_id is not null
        order by event.scout_id
        limit 1
    )
    union all
    select (
        select event.scout_id from observational.lead_events as event
        where event.scout_id > before.scout_id
        order by event.scout_id
        limit 1
    )
    from event_scouts as before
    where before.scout_id is not null
),

ledger_scouts as (
    (
        select ledger.attributed_scout_id as scout_id from observational.lead_ledger as ledger
        where ledger.attributed_scout_id is not null
        order by ledger.attributed_scout_id
        limit 1
    )
    union all
    select (
        select ledger.attributed_scout_id from observational.lead_ledger as ledger
        where ledger.attributed_scout_id > before.scout_id
        order by ledger.attributed_scout_id
        limit 1
    )
    from ledger_scouts as before
    where before.scout_id is not null
)

select
    number.scout_id,
    scout.raw_name as scout_name,
    scout.is_active
from (
    select listed.scout_id from ops.v_dim_scouts as listed where listed.scout_id is not null
    union
    select event.scout_id from event_scouts as event where event.scout_id is not null
    union
    select ledger.scout_id from ledger_scouts as ledger where ledger.scout_id is not null
    union
    select statement.scout_id from ops.scout_statements as statement
) as number
left join ops.v_dim_scouts as scout on scout.scout_id = number.scout_id;
