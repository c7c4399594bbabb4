-- Carry out one batch: create persons and links, resolve the unmatched entries, set the person of the events, and audit
-- each row. A row left open is audited once, and again only when its evidence changes. Other records that carry the
-- phone or licence of a new person are queued for evaluation.
-- Grain and key: source_pk. Reads: person_backfill_batch. Safe to run again: existing rows are not written twice.
-- rows: persons
insert into canon.identity_registry (
    person_key, created_at, updated_at, confidence_level, primary_phone, primary_license, primary_full_name
)
select
    backfill.person_key,
    run.as_of,
    run.as_of,
    'LOW',
    record.phone_norm,
    record.license_norm,
    record.name_norm
from pg_temp.person_backfill_batch as backfill
inner join canon.records_index as record
    on record.source_table = 'module_ct_scouting_daily' and record.source_pk = backfill.source_pk
cross join ops.run_settings(%(run_id)s::integer) as run
where backfill.action_type = 'CREATED' and backfill.match_rule = 'NEW_PERSON'
on conflict (person_key) do nothing;

-- rows: links
insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    run_id
)
select
    backfill.person_key,
    'module_ct_scouting_daily',
    backfill.source_pk,
    coalesce(record.recorded_at, run.as_of),
    backfill.match_rule,
    backfill.match_score,
    backfill.confidence_level::public.confidencelevel,
    backfill.evidence,
    run.as_of,
    %(run_id)s::integer
from pg_temp.person_backfill_batch as backfill
inner join canon.records_index as record
    on record.source_table = 'module_ct_scouting_daily' and record.source_pk = backfill.source_pk
cross join ops.run_settings(%(run_id)s::integer) as run
where backfill.action_type = 'CREATED'
on conflict (source_table, source_pk) do nothing;

update canon.identity_unmatched as unmatched
set status = 'RESOLVED', resolved_at = run.as_of, run_id = %(run_id)s::integer
from pg_temp.person_backfill_batch as backfill
cross join ops.run_settings(%(run_id)s::integer) as run
where
    backfill.action_type = 'CREATED'
    and unmatched.source_table = 'module_ct_scouting_daily'
    and unmatched.source_pk = backfill.source_pk;

update observational.lead_events as event
set person_key = backfill.person_key
from pg_temp.person_backfill_batch as backfill
where
    backfill.action_type = 'CREATED'
    and event.source_table = 'module_ct_scouting_daily'
    and event.source_pk = backfill.source_pk;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, match_method, match_confidence, match_score, evidence_json, action_type,
    backfill_timestamp, ingestion_run_id, notes
)
select
    'module_ct_scouting_daily',
    backfill.source_pk,
    backfill.person_key,
    backfill.match_rule,
    backfill.confidence_level,
    backfill.match_score,
    backfill.evidence,
    backfill.action_type,
    run.as_of,
    %(run_id)s::integer,
    backfill.notes
from pg_temp.person_backfill_batch as backfill
cross join ops.run_settings(%(run_id)s::integer) as run
left join lateral (
    select
        audit.action_type,
        audit.evidence_json
    from ops.identity_links_backfill_audit as audit
    where audit.source_table = 'module_ct_scouting_daily' and audit.source_pk = backfill.source_pk
    order by audit.id desc
    limit 1
) as latest on true
where
    backfill.action_type = 'CREATED'
    or (latest.action_type, latest.evidence_json) is distinct from (backfill.action_type, backfill.evidence)
order by backfill.source_pk;

insert into canon.evaluation_queue (source_table, source_pk)
select
    record.source_table,
    record.source_pk
from pg_temp.person_backfill_batch as backfill
inner join canon.records_index as scouting
    on scouting.source_table = 'module_ct_scouting_daily' and scouting.source_pk = backfill.source_pk
-- two branches, each by its own index: a join on either value may become a nested loop over the whole table
inner join canon.records_index as record on record.phone_norm = scouting.phone_norm
where backfill.match_rule = 'NEW_PERSON' and record.source_table <> scouting.source_table
union
select
    record.source_table,
    record.source_pk
from pg_temp.person_backfill_batch as backfill
inner join canon.records_index as scouting
    on scouting.source_table = 'module_ct_scouting_daily' and scouting.source_pk = backfill.source_pk
inner join canon.records_index as record on record.license_norm = scouting.license_norm
where backfill.match_rule = 'NEW_PERSON' and record.source_table <> scouting.source_table
on conflict do nothing;
