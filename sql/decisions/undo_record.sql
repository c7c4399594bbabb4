-- Undo a decision on a record: its link, unmatched and contested entries and the person of its event become what they
-- were before. A person that was removed since returns under its key.
-- Grain and key: (source_table, source_pk). Leaves: restored_record_this_step, released_persons_this_step (the person
-- that loses the record).
create temporary table restored_record_this_step on commit drop as
select
    %(source_table)s::varchar as source_table,
    %(source_pk)s::varchar as source_pk,
    nullif(%(restored)s::jsonb -> 'link', 'null') as link,
    nullif(%(restored)s::jsonb -> 'unmatched', 'null') as unmatched,
    nullif(%(restored)s::jsonb -> 'contested', 'null') as contested,
    coalesce(
        (
            select alias.survivor_key from canon.identity_aliases as alias
            where alias.person_key = (%(restored)s::jsonb #>> '{link,person_key}')::uuid
        ), (%(restored)s::jsonb #>> '{link,person_key}')::uuid
    ) as person_key;

insert into canon.identity_registry (
    person_key, created_at, updated_at, confidence_level, primary_phone, primary_document, primary_license,
    primary_full_name, flags
)
select
    restored.person_key,
    coalesce(person.created_at, %(decided_at)s::timestamptz),
    coalesce(person.updated_at, %(decided_at)s::timestamptz),
    coalesce(person.confidence_level, (restored.link ->> 'confidence_level')::public.confidencelevel),
    coalesce(person.primary_phone, record.phone_norm),
    person.primary_document,
    coalesce(person.primary_license, record.license_norm),
    coalesce(person.primary_full_name, record.name_norm),
    person.flags
from restored_record_this_step as restored
cross join lateral jsonb_populate_record(
    null::canon.identity_registry, nullif(%(restored)s::jsonb -> 'person', 'null')
) as person
left join canon.records_index as record using (source_table, source_pk)
where restored.person_key is not null
on conflict (person_key) do nothing;

-- rows: released
create temporary table released_persons_this_step on commit drop as
select link.person_key
from canon.identity_links as link
inner join restored_record_this_step as restored using (source_table, source_pk)
where link.person_key is distinct from restored.person_key;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, match_method, match_confidence, evidence_json, action_type, backfill_timestamp,
    notes
)
select
    restored.source_table,
    restored.source_pk,
    coalesce(restored.person_key, link.person_key),
    'DECISION_UNDONE',
    coalesce(restored.link ->> 'confidence_level', 'none'),
    jsonb_build_object('before', to_jsonb(link), 'restored', restored.link),
    'REVERTED',
    %(decided_at)s::timestamptz,
    %(notes)s
from restored_record_this_step as restored
left join canon.identity_links as link using (source_table, source_pk);

delete from canon.identity_links as link
using restored_record_this_step as restored
where
    link.source_table = restored.source_table
    and link.source_pk = restored.source_pk
    and restored.link is null;

insert into canon.identity_links as link (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    run_id, matched_driver_id, match_probability, weights_version
)
select
    restored.person_key,
    restored.source_table,
    restored.source_pk,
    before.snapshot_date,
    before.match_rule,
    before.match_score,
    before.confidence_level,
    before.evidence,
    before.linked_at,
    before.run_id,
    before.matched_driver_id,
    before.match_probability,
    before.weights_version
from restored_record_this_step as restored
cross join lateral jsonb_populate_record(null::canon.identity_links, restored.link) as before
where restored.link is not null
on conflict (source_table, source_pk) do update set
    person_key = excluded.person_key,
    match_rule = excluded.match_rule,
    match_score = excluded.match_score,
    confidence_level = excluded.confidence_level,
    evidence = excluded.evidence,
    linked_at = excluded.linked_at,
    run_id = excluded.run_id,
    matched_driver_id = excluded.matched_driver_id,
    match_probability = excluded.match_probability,
    weights_version = excluded.weights_version;

delete from canon.identity_unmatched as unmatched
using restored_record_this_step as restored
where
    unmatched.source_table = restored.source_table
    and unmatched.source_pk = restored.source_pk
    and restored.link is not null
    and restored.unmatched is null;

insert into canon.identity_unmatched as unmatched (
    source_table, source_pk, snapshot_date, reason_code, details, candidates_preview, status, created_at, resolved_at,
    event_date, match_probability
)
select
    restored.source_table,
    restored.source_pk,
    coalesce(before.snapshot_date, %(decided_at)s::timestamptz),
    coalesce(before.reason_code, 'NO_CANDIDATES'),
    before.details,
    before.candidates_preview,
    coalesce(before.status, 'OPEN'),
    coalesce(before.created_at, %(decided_at)s::timestamptz),
    before.resolved_at,
    before.event_date,
    before.match_probability
from restored_record_this_step as restored
cross join lateral jsonb_populate_record(null::canon.identity_unmatched, restored.unmatched) as before
where restored.unmatched is not null or restored.link is null
on conflict (source_table, source_pk) do update set
    reason_code = excluded.reason_code,
    details = excluded.details,
    candidates_preview = excluded.candidates_preview,
    match_probability = excluded.match_probability,
    status = excluded.status,
    resolved_at = excluded.resolved_at;

delete from canon.identity_contested as contested
using restored_record_this_step as restored
where contested.source_table = restored.source_table and contested.source_pk = restored.source_pk;

insert into canon.identity_contested (
    source_table, source_pk, reason_code, candidates, matched_driver_id, since, run_id
)
select
    restored.source_table,
    restored.source_pk,
    before.reason_code,
    before.candidates,
    before.matched_driver_id,
    before.since,
    before.run_id
from restored_record_this_step as restored
cross join lateral jsonb_populate_record(null::canon.identity_contested, restored.contested) as before
where restored.contested is not null;

update observational.lead_events as event
set person_key = restored.person_key
from restored_record_this_step as restored
where
    event.source_table = restored.source_table
    and event.source_pk = restored.source_pk
    and event.person_key is distinct from restored.person_key;
