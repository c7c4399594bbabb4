-- Write a human's decision on the person of a record: its link, the end of its unmatched and contested entries, the
-- person of its event, and, if a driver was named, the links of that driver's accounts. Driver accounts of the persons
-- that lose or gain the record are queued, so that the next run checks their links.
-- Grain and key: (source_table, source_pk). Leaves: released_persons_this_step (the person that loses the record).
insert into canon.identity_registry (
    person_key, created_at, updated_at, confidence_level, primary_phone, primary_license, primary_full_name
)
select
    %(person_key)s::uuid,
    %(decided_at)s::timestamptz,
    %(decided_at)s::timestamptz,
    'HIGH',
    driver.phone_norm,
    driver.license_norm,
    driver.full_name_norm
from canon.drivers_index as driver
where driver.driver_id = %(driver_id)s::varchar
on conflict (person_key) do nothing;

-- rows: released
create temporary table released_persons_this_step on commit drop as
select link.person_key
from canon.identity_links as link
where
    link.source_table = %(source_table)s
    and link.source_pk = %(source_pk)s
    and link.person_key <> %(person_key)s::uuid;

insert into canon.identity_links as link (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    matched_driver_id
)
select
    %(person_key)s::uuid,
    asked.source_table,
    asked.source_pk,
    coalesce(record.recorded_at, %(decided_at)s::timestamptz),
    'MANUAL',
    100,
    'HIGH',
    %(evidence)s::jsonb,
    %(decided_at)s::timestamptz,
    %(driver_id)s::varchar
from (values (%(source_table)s::varchar, %(source_pk)s::varchar)) as asked (source_table, source_pk)
left join canon.records_index as record using (source_table, source_pk)
on conflict (source_table, source_pk) do update set
    person_key = excluded.person_key,
    match_rule = excluded.match_rule,
    match_score = excluded.match_score,
    confidence_level = excluded.confidence_level,
    evidence = excluded.evidence,
    linked_at = excluded.linked_at,
    run_id = null,
    matched_driver_id = excluded.matched_driver_id,
    match_probability = null,
    weights_version = null;

update canon.identity_unmatched as unmatched
set
    status = 'RESOLVED',
    resolved_at = %(decided_at)s::timestamptz,
    details = coalesce(unmatched.details, '{}') || jsonb_build_object('decision', %(evidence)s::jsonb - 'before')
where unmatched.source_table = %(source_table)s and unmatched.source_pk = %(source_pk)s;

delete from canon.identity_contested as contested
where contested.source_table = %(source_table)s and contested.source_pk = %(source_pk)s;

update observational.lead_events as event
set person_key = %(person_key)s::uuid
where
    event.source_table = %(source_table)s
    and event.source_pk = %(source_pk)s
    and event.person_key is distinct from %(person_key)s::uuid;

insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at
)
select
    %(person_key)s::uuid,
    'drivers',
    account.driver_id,
    coalesce(account.hire_date::timestamp at time zone %(timezone)s, %(decided_at)s::timestamptz),
    'DRIVER_MATCH',
    100,
    'HIGH',
    jsonb_strip_nulls(jsonb_build_object(
        'rule', 'DRIVER_MATCH', 'driver_id', account.driver_id, 'driver_name', account.full_name_norm,
        'account_group', account.account_group,
        'because_of', %(source_table)s::text || ' ' || %(source_pk)s::text
    )),
    %(decided_at)s::timestamptz
from canon.drivers_index as named
inner join canon.drivers_index as account on account.account_group = named.account_group
where named.driver_id = %(driver_id)s::varchar
on conflict (source_table, source_pk) do nothing;

-- the record itself, too: while it was contested, its event took no new scout
insert into canon.evaluation_queue (source_table, source_pk)
select
    %(source_table)s::varchar,
    %(source_pk)s::varchar
union
select
    link.source_table,
    link.source_pk
from canon.identity_links as link
where
    link.source_table = 'drivers'
    and link.person_key in ( -- not by OR, which would read the links of all accounts
        select %(person_key)s::uuid as person_key
        union all
        select released.person_key from pg_temp.released_persons_this_step as released
    )
on conflict do nothing;

-- contested and open records that lead to the same accounts
insert into canon.dirty_keys (kind, value, cause)
select
    'driver',
    account.driver_id,
    'driver'
from canon.drivers_index as named
inner join canon.drivers_index as account on account.account_group = named.account_group
where named.driver_id = %(driver_id)s::varchar
on conflict do nothing;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, driver_id, match_method, match_confidence, match_score, evidence_json,
    action_type, backfill_timestamp, notes
)
values (
    %(source_table)s, %(source_pk)s, %(person_key)s::uuid, %(driver_id)s, 'MANUAL', 'HIGH', 100, %(evidence)s,
    'CREATED', %(decided_at)s, %(notes)s
);
