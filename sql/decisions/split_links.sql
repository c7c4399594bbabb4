-- Undo a merge, part 2: links and events. What the retired person brought returns to it; links of both persons show the
-- rule that they had. What was linked to the survivor since is decided again by the next run: those records become
-- open, and the driver accounts that the merge brought lose their link, unless another merge or a human decision keeps
-- them.
-- Grain and key: (source_table, source_pk). Reads: split_this_step, split_records_this_step. Leaves:
-- split_changes_this_step.
create temporary table split_changes_this_step on commit drop as
select
    record.*,
    split.person_key,
    split.survivor_key,
    to_jsonb(link) as link,
    record.part in ('later', 'account') as is_unlinked,
    coalesce(
        case when record.link_before ? 'match_rule' then record.link_before end,
        case when record.part in ('moved', 'own') then (
            select jsonb_build_object(
                'match_rule', audit.match_method, 'match_score', audit.match_score,
                'confidence_level', audit.match_confidence, 'evidence', audit.evidence_json
            )
            from ops.identity_links_backfill_audit as audit
            where
                audit.source_table = record.source_table
                and audit.source_pk = record.source_pk
                and audit.action_type = 'CREATED'
                and audit.match_method = 'NEW_PERSON'
            order by audit.id desc
            limit 1
        ) end, to_jsonb(link)
    ) as restored
from split_records_this_step as record
cross join split_this_step as split
inner join canon.identity_links as link on link.id = record.id
where
    record.is_undecided
    and (
        record.part in ('moved', 'later')
        or (
            record.part in ('own', 'account')
            and not exists (
                select 1 from canon.identity_aliases as other where other.survivor_key = split.survivor_key
            )
            and not (
                record.part = 'account'
                and exists (
                    select 1
                    from canon.identity_links as decided
                    inner join canon.drivers_index as matched on matched.driver_id = decided.matched_driver_id
                    inner join canon.drivers_index as account on account.account_group = matched.account_group
                    where
                        decided.person_key = split.survivor_key
                        and decided.match_rule = 'MANUAL'
                        and account.driver_id = record.source_pk
                )
            )
        )
    );

delete from canon.identity_links as link
using split_changes_this_step as change
where change.is_unlinked and link.id = change.id;

update canon.identity_links as link
set
    person_key = case change.part when 'moved' then change.person_key else link.person_key end,
    match_rule = restored.match_rule,
    match_score = restored.match_score,
    confidence_level = restored.confidence_level,
    evidence = restored.evidence,
    matched_driver_id = restored.matched_driver_id,
    match_probability = restored.match_probability,
    weights_version = restored.weights_version
from split_changes_this_step as change
cross join lateral jsonb_populate_record(null::canon.identity_links, change.restored) as restored
where not change.is_unlinked and link.id = change.id;

update observational.lead_events as event
set person_key = case change.part when 'moved' then change.person_key end
from split_changes_this_step as change
where
    change.part in ('moved', 'later')
    and event.source_table = change.source_table
    and event.source_pk = change.source_pk
    and event.person_key = change.survivor_key;

-- events of an earlier program have no link
update observational.lead_events as event
set person_key = split.person_key
from split_this_step as split
cross join lateral jsonb_array_elements(
    coalesce(
        split.moved -> 'event_rows', (
            select jsonb_agg(jsonb_build_object('source_table', pair.value ->> 0, 'source_pk', pair.value ->> 1))
            from jsonb_array_elements(nullif(split.moved -> 'events', 'null')) as pair
        ), '[]'
    )
) as kept
where
    (
        event.id = (kept.value ->> 'id')::integer
        or (
            not kept.value ? 'id'
            and event.source_table = kept.value ->> 'source_table'
            and event.source_pk = kept.value ->> 'source_pk'
        )
    )
    and event.person_key = split.survivor_key
    and not exists (
        select 1 from canon.identity_links as link
        where link.source_table = event.source_table and link.source_pk = event.source_pk
    );

insert into canon.identity_unmatched as unmatched (
    source_table, source_pk, snapshot_date, reason_code, details, candidates_preview, status, created_at, event_date
)
select
    change.source_table,
    change.source_pk,
    (change.link ->> 'snapshot_date')::timestamptz,
    'MULTIPLE_CANDIDATES',
    jsonb_build_object('persons', jsonb_build_array(change.survivor_key, change.person_key)),
    jsonb_build_array(
        jsonb_build_object('person_key', change.survivor_key), jsonb_build_object('person_key', change.person_key)
    ),
    'OPEN',
    %(decided_at)s::timestamptz,
    record.event_date
from split_changes_this_step as change
left join canon.records_index as record using (source_table, source_pk)
where change.part = 'later'
on conflict (source_table, source_pk) do update set
    reason_code = excluded.reason_code,
    details = excluded.details,
    candidates_preview = excluded.candidates_preview,
    match_probability = excluded.match_probability,
    status = excluded.status,
    resolved_at = null;

delete from canon.identity_contested as contested
using split_changes_this_step as change
where
    change.is_unlinked
    and contested.source_table = change.source_table
    and contested.source_pk = change.source_pk;

insert into canon.evaluation_queue (source_table, source_pk)
select
    change.source_table,
    change.source_pk
from split_changes_this_step as change
on conflict do nothing;

-- other records that lead to these accounts
insert into canon.dirty_keys (kind, value, cause)
select
    'driver',
    record.source_pk,
    'driver'
from split_records_this_step as record
where record.source_table = 'drivers'
on conflict do nothing;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, match_method, match_confidence, evidence_json, action_type, backfill_timestamp,
    notes
)
select
    change.source_table,
    change.source_pk,
    case change.part when 'moved' then change.person_key else change.survivor_key end,
    'SPLIT',
    case when change.is_unlinked then 'none' else change.restored ->> 'confidence_level' end,
    jsonb_build_object('before', change.link, 'restored', case when not change.is_unlinked then change.restored end),
    case when change.is_unlinked then 'REMOVED' else 'REVERTED' end,
    %(decided_at)s::timestamptz,
    %(notes)s
from split_changes_this_step as change
where change.part <> 'own' or change.restored is distinct from change.link
order by change.id;
