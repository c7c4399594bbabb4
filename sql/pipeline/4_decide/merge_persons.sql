-- Merge persons created for scouting rows that turned out to be one. The oldest key survives; links, events and ledger
-- follow. canon.identity_aliases keeps the retired key with everything that moved and with the survivor as it was, so
-- that split_merged_person can undo the merge; rows are kept by id as well as by key, since records may be re-keyed.
-- Two different scouts become a conflict.
-- Grain and key: person_key of the retired person. Safe to run again: retired keys are no longer in the registry.
insert into canon.identity_aliases (person_key, survivor_key, reason, run_id, merged_at, moved)
select
    merge.person_key,
    merge.survivor_key,
    'one person: driver accounts ' || merge.account_group,
    %(run_id)s::integer,
    run.as_of,
    retired.state || jsonb_build_object(
        'links', (
            select jsonb_agg(jsonb_build_array(link.source_table, link.source_pk))
            from canon.identity_links as link where link.person_key = merge.person_key
        ),
        'events', (
            select jsonb_agg(jsonb_build_array(event.source_table, event.source_pk))
            from observational.lead_events as event where event.person_key = merge.person_key
        ),
        'aliases', (
            select coalesce(jsonb_agg(earlier.person_key), '[]')
            from canon.identity_aliases as earlier where earlier.survivor_key = merge.person_key
        ),
        'survivor', survivor.state
    )
from canon.person_merges_this_run as merge
inner join canon.person_states as retired on retired.person_key = merge.person_key
left join canon.person_states as survivor on survivor.person_key = merge.survivor_key
cross join ops.run_settings(%(run_id)s::integer) as run;

update canon.identity_aliases as alias
set survivor_key = merge.survivor_key
from canon.person_merges_this_run as merge
where alias.survivor_key = merge.person_key;

update canon.identity_links as link
set person_key = merge.survivor_key
from canon.person_merges_this_run as merge
where link.person_key = merge.person_key;

update observational.lead_events as event
set person_key = merge.survivor_key
from canon.person_merges_this_run as merge
where event.person_key = merge.person_key;

-- The survivor keeps its ledger row; if the scouts differ, it becomes a conflict.
update observational.lead_ledger as survivor
set decision_status = 'conflict', updated_at = run.as_of
from canon.person_merges_this_run as merge
inner join observational.lead_ledger as retired on retired.person_key = merge.person_key
cross join ops.run_settings(%(run_id)s::integer) as run
where
    survivor.person_key = merge.survivor_key
    and survivor.attributed_scout_id is distinct from retired.attributed_scout_id
    and retired.attributed_scout_id is not null;

-- If the survivor has no ledger row, the first retired person's row becomes its row; the others are kept in the alias.
update observational.lead_ledger as moved
set person_key = merge.survivor_key
from canon.person_merges_this_run as merge
where
    moved.person_key = merge.person_key
    and merge.person_key = (
        select min(sibling.person_key::text)::uuid
        from canon.person_merges_this_run as sibling
        inner join observational.lead_ledger as ledger on ledger.person_key = sibling.person_key
        where sibling.survivor_key = merge.survivor_key
    )
    and not exists (
        select 1 from observational.lead_ledger as existing where existing.person_key = merge.survivor_key
    );

delete from observational.lead_ledger as ledger
using canon.person_merges_this_run as merge
where ledger.person_key = merge.person_key;

delete from canon.identity_registry as person
using canon.person_merges_this_run as merge
where person.person_key = merge.person_key;
