-- Queues the persons of events that were written, for their ledger rows to be derived anew; run by the triggers of
-- observational.lead_events. A person that is queued already is locked all the same: a refresh that has not seen this
-- change yet cannot take it off the queue; and one that took it first makes the change wait, and queue it anew.
-- The lock is one that writers share, and leaves the queue's row as it is.
create or replace function canon.queue_attribution()
returns trigger
language plpgsql
as $$
declare
    persons uuid[];
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct after.person_key order by after.person_key) into persons
        from after where after.person_key is not null;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct before.person_key order by before.person_key) into persons
        from before where before.person_key is not null;
    else
        select array_agg(distinct touched.person_key order by touched.person_key) into persons
        from (select before.person_key from before union all select after.person_key from after) as touched
        where touched.person_key is not null;
    end if;
    if persons is null then
        return null;
    end if;
    with locked as materialized (
        select queued.person_key
        from canon.attribution_queue as queued
        where queued.person_key = any(persons)
        order by queued.person_key
        for key share
    )

    insert into canon.attribution_queue (person_key)
    select touched.person_key
    from unnest(persons) as touched (person_key)
    where touched.person_key not in (select locked.person_key from locked)
    on conflict (person_key) do update set person_key = excluded.person_key;
    return null;
end
$$;
