-- Write a human's decision that a record is no person: delete its link, set it aside as IGNORED, clear the person of
-- its event. Driver accounts of the person that loses the record are queued.
-- Grain and key: (source_table, source_pk). Leaves: released_persons_this_step (the person that loses the record).
-- rows: released
create temporary table released_persons_this_step on commit drop as
select link.person_key
from canon.identity_links as link
where link.source_table = %(source_table)s and link.source_pk = %(source_pk)s;

delete from canon.identity_links as link
where link.source_table = %(source_table)s and link.source_pk = %(source_pk)s;

insert into canon.identity_unmatched as unmatched (
    source_table, source_pk, snapshot_date, reason_code, details, candidates_preview, status, created_at, resolved_at
)
select
    asked.source_table,
    asked.source_pk,
    coalesce(record.recorded_at, %(decided_at)s::timestamptz),
    'HUMAN_DECISION',
    jsonb_build_object('decision', %(evidence)s::jsonb),
    '[]',
    'IGNORED',
    %(decided_at)s::timestamptz,
    %(decided_at)s::timestamptz
from (values (%(source_table)s::varchar, %(source_pk)s::varchar)) as asked (source_table, source_pk)
left join canon.records_index as record using (source_table, source_pk)
on conflict (source_table, source_pk) do update set
    status = excluded.status,
    resolved_at = excluded.resolved_at,
    details = coalesce(unmatched.details, '{}') || excluded.details;

delete from canon.identity_contested as contested
where contested.source_table = %(source_table)s and contested.source_pk = %(source_pk)s;

update observational.lead_events as event
set person_key = null
where
    event.source_table = %(source_table)s
    and event.source_pk = %(source_pk)s
    and event.person_key is not null;

insert into canon.evaluation_queue (source_table, source_pk)
select
    link.source_table,
    link.source_pk
from canon.identity_links as link
inner join pg_temp.released_persons_this_step as released on released.person_key = link.person_key
where link.source_table = 'drivers'
on conflict do nothing;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, match_method, match_confidence, evidence_json, action_type, backfill_timestamp,
    notes
)
values (
    %(source_table)s, %(source_pk)s,
    (select released.person_key from pg_temp.released_persons_this_step as released), 'MANUAL', 'none', %(evidence)s,
    'SKIPPED', %(decided_at)s, %(notes)s
);
