-- How well the records hold that a scout brought. `records`: those with a date that name the scout.
-- `contested_records`: of these, how many are contested now, because later evidence speaks against their link or their
-- row was overwritten. `undone_records`: how many a human took from the person that they were linked to, and did not
-- give back.
-- Grain and key: scout_id, for scouts with records. A filter on scout_id reads that scout's records by an index.
create or replace view canon.scout_quality as
select
    counted.scout_id,
    counted.records,
    coalesce(contested.records, 0) as contested_records,
    coalesce(undone.records, 0) as undone_records
from (
    select
        event.scout_id,
        count(*) as records
    from observational.lead_events as event
    where event.scout_id is not null
    group by event.scout_id
) as counted
left join (
    select
        event.scout_id,
        count(*) as records
    from canon.identity_contested as contested
    inner join observational.lead_events as event using (source_table, source_pk)
    where event.scout_id is not null
    group by event.scout_id
) as contested on contested.scout_id = counted.scout_id
left join (
    select
        event.scout_id,
        count(*) as records
    from (
        select distinct on (decision.source_table, decision.source_pk)
            decision.source_table,
            decision.source_pk,
            coalesce(alias.survivor_key, (decision.before #>> '{link,person_key}')::uuid) as person_key
        from ops.human_decisions as decision
        left join canon.identity_aliases as alias
            on alias.person_key = (decision.before #>> '{link,person_key}')::uuid
        where
            decision.source_pk is not null
            and decision.before #>> '{link,person_key}' is not null
            and decision.before #>> '{link,match_rule}' is distinct from 'MANUAL'
        order by decision.source_table, decision.source_pk, decision.id desc
    ) as decided
    inner join observational.lead_events as event using (source_table, source_pk)
    left join canon.identity_links as link using (source_table, source_pk)
    where event.scout_id is not null and link.person_key is distinct from decided.person_key
    group by event.scout_id
) as undone on undone.scout_id = counted.scout_id;
