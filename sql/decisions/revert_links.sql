-- Delete links that a run created, where they are unchanged since. The records become IGNORED, so that no run links
-- them again; resolve_unmatched_lead can. Driver accounts of their persons are queued.
-- Grain and key: (source_table, source_pk). Reads and extends: revert_report_this_step. Leaves: link_changes_this_step,
-- released_persons_this_step (the persons that lose records).
create temporary table link_changes_this_step on commit drop as
select distinct on (audit.source_table, audit.source_pk)
    audit.id as audit_id,
    audit.source_table,
    audit.source_pk,
    audit.person_key,
    audit.match_method,
    to_jsonb(link) as link,
    coalesce(
        link.person_key = audit.person_key
        and link.match_rule = audit.match_method
        and link.run_id = audit.ingestion_run_id, false
    ) as is_current
from ops.identity_links_backfill_audit as audit
left join canon.identity_links as link using (source_table, source_pk)
where audit.ingestion_run_id = %(reverted_run_id)s::integer and audit.action_type = 'CREATED'
order by audit.source_table, audit.source_pk, audit.id desc;

create temporary table released_persons_this_step on commit drop as
select distinct change.person_key
from link_changes_this_step as change
where change.is_current;

delete from canon.identity_links as link
using link_changes_this_step as change
where change.is_current and link.source_table = change.source_table and link.source_pk = change.source_pk;

insert into canon.identity_unmatched as unmatched (
    source_table, source_pk, snapshot_date, reason_code, details, candidates_preview, status, created_at, resolved_at
)
select
    change.source_table,
    change.source_pk,
    (change.link ->> 'snapshot_date')::timestamptz,
    'HUMAN_DECISION',
    jsonb_build_object(
        'reverted_run', %(reverted_run_id)s::integer, 'decided_by', %(decided_by)s::text,
        'decided_at', %(decided_at)s::timestamptz, 'reason', %(reason)s::text
    ),
    '[]',
    'IGNORED',
    %(decided_at)s::timestamptz,
    %(decided_at)s::timestamptz
from link_changes_this_step as change
where change.is_current
on conflict (source_table, source_pk) do update set
    status = excluded.status,
    resolved_at = excluded.resolved_at,
    details = coalesce(unmatched.details, '{}') || excluded.details;

delete from canon.identity_contested as contested
using link_changes_this_step as change
where
    change.is_current and contested.source_table = change.source_table and contested.source_pk = change.source_pk;

update observational.lead_events as event
set person_key = null
from link_changes_this_step as change
where
    change.is_current
    and event.source_table = change.source_table
    and event.source_pk = change.source_pk
    and event.person_key is not null;

insert into canon.evaluation_queue (source_table, source_pk)
select
    account.source_table,
    account.source_pk
from canon.identity_links as account
inner join released_persons_this_step as released on released.person_key = account.person_key
where account.source_table = 'drivers'
on conflict do nothing;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, match_method, match_confidence, evidence_json, action_type, backfill_timestamp,
    notes
)
select
    change.source_table,
    change.source_pk,
    change.person_key,
    'REVERTED',
    'none',
    jsonb_build_object('reverted_run', %(reverted_run_id)s::integer, 'before', change.link),
    'REVERTED',
    %(decided_at)s::timestamptz,
    %(notes)s
from link_changes_this_step as change
where change.is_current
order by change.audit_id desc;

insert into pg_temp.revert_report_this_step (what, source_table, source_pk, person_key, outcome, before, after)
select
    'link',
    change.source_table,
    change.source_pk,
    change.person_key,
    case when change.is_current then 'reverted' else 'changed since' end,
    change.link,
    case when change.is_current then jsonb_build_object('unmatched', 'IGNORED') end
from link_changes_this_step as change
order by change.audit_id desc;
