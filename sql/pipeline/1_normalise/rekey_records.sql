-- Give recognised records the keys under which they stand now, and audit each. A record that lost its key to another
-- one and stands nowhere any more keeps its link and event under a key of its own ('17#1'). What an overwritten row
-- said (canon.replaced_records) is a record of its own once the record before it has moved.
-- Grain and key: (source_table, source_pk). Reads and extends: rekeyed_records_this_step, changed_records_this_step.
-- Safe to run again: see recognise_records.sql.
insert into rekeyed_records_this_step (former_pk, new_pk, is_archived)
select
    rekeyed.new_pk,
    rekeyed.new_pk || '#' || nextval('canon.former_record_numbers'),
    true
from rekeyed_records_this_step as rekeyed
inner join canon.records_index as record
    on record.source_table = %(source_table)s and record.source_pk = rekeyed.new_pk
where not exists (
    select 1 from rekeyed_records_this_step as moved where moved.former_pk = rekeyed.new_pk
);

analyze rekeyed_records_this_step;

insert into changed_records_this_step (
    source_table, source_pk, source_row_id, row_version, digest, event_date, recorded_at, name_norm, phone_norm,
    license_norm, license_number, plate_norm, car_fingerprint, driver_id, scout_id, origin_tag, payload
)
select
    held.source_table, held.source_pk, held.source_row_id, held.row_version, held.digest, held.event_date,
    held.recorded_at, held.name_norm, held.phone_norm, held.license_norm,
    canon.license_document(held.license_norm, run.country), held.plate_norm, held.car_fingerprint, held.driver_id,
    held.scout_id, held.origin_tag, held.payload
from canon.replaced_records as held
cross join ops.run_settings(%(run_id)s::integer) as run
where
    held.source_table = %(source_table)s
    and held.source_pk in (select rekeyed.former_pk from rekeyed_records_this_step as rekeyed)
    and not exists (select 1 from changed_records_this_step as changed where changed.source_pk = held.source_pk);

delete from canon.replaced_records as held
using rekeyed_records_this_step as rekeyed
where held.source_table = %(source_table)s and held.source_pk = rekeyed.former_pk;

select canon.rekey_records(
    %(source_table)s, array_agg(rekeyed.former_pk::text), array_agg(rekeyed.new_pk::text)
)
from rekeyed_records_this_step as rekeyed
having count(*) > 0;

-- queued under its former key: evaluated under its new one
insert into canon.evaluation_queue (source_table, source_pk)
select
    queued.source_table,
    rekeyed.new_pk
from canon.evaluation_queue as queued
inner join rekeyed_records_this_step as rekeyed on rekeyed.former_pk = queued.source_pk
where queued.source_table = %(source_table)s
on conflict do nothing;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, match_method, match_confidence, evidence_json, action_type, backfill_timestamp,
    ingestion_run_id, notes
)
select
    %(source_table)s::text,
    rekeyed.new_pk,
    link.person_key,
    'SAME_CONTENT',
    'HIGH',
    jsonb_build_object('former_source_pk', rekeyed.former_pk),
    'REKEYED',
    run.as_of,
    %(run_id)s::integer,
    case when rekeyed.is_archived then 'its row says something else now' else 'its content stands under another key' end
from rekeyed_records_this_step as rekeyed
left join canon.identity_links as link
    on link.source_table = %(source_table)s and link.source_pk = rekeyed.new_pk
cross join ops.run_settings(%(run_id)s::integer) as run
order by rekeyed.new_pk;

-- How an event came by its scout is looked up by its key (event_scouts.sql, follow_scouting_rows.sql): the newest audit
-- row of each kind is repeated under the new one.
insert into ops.lead_events_scout_backfill_audit (
    source_table, source_pk, person_key, old_scout_id, new_scout_id, mapping_method, mapping_confidence, evidence_json,
    action_type, backfill_timestamp, ingestion_run_id, notes
)
select
    audit.source_table, audit.new_pk, audit.person_key, audit.old_scout_id, audit.new_scout_id, audit.mapping_method,
    audit.mapping_confidence, audit.evidence_json, audit.action_type, run.as_of, %(run_id)s::integer, audit.notes
from (
    select distinct on (rekeyed.new_pk, known.action_type, known.notes like 'reverted%%')
        known.*,
        rekeyed.new_pk
    from rekeyed_records_this_step as rekeyed
    inner join ops.lead_events_scout_backfill_audit as known
        on known.source_table = %(source_table)s and known.source_pk = rekeyed.former_pk
    order by rekeyed.new_pk, known.action_type, known.notes like 'reverted%%', known.id desc
) as audit
cross join ops.run_settings(%(run_id)s::integer) as run
order by audit.id;
