-- Undo a decision on a record, part 2: driver accounts that the decision linked lose their link, those that lost it get
-- it back. The record and the accounts concerned are evaluated again by the next run.
-- Grain and key: (source_table, source_pk). Reads: restored_record_this_step, released_persons_this_step. Leaves:
-- unlinked_accounts_this_step.
create temporary table unlinked_accounts_this_step on commit drop as
select
    account.id,
    account.source_pk as driver_id,
    account.person_key,
    to_jsonb(account) as link
from canon.identity_links as account
where
    account.source_table = 'drivers'
    -- the person of the record: without it, the links of all accounts would be read
    and account.person_key = any(array(
        select released.person_key from pg_temp.released_persons_this_step as released
        union all
        select restored.person_key from restored_record_this_step as restored
    ))
    and account.linked_at = %(undone_at)s::timestamptz
    and account.evidence ->> 'because_of' = %(source_table)s::text || ' ' || %(source_pk)s::text;

delete from canon.identity_links as link
using unlinked_accounts_this_step as account
where link.id = account.id;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, driver_id, match_method, match_confidence, evidence_json, action_type,
    backfill_timestamp, notes
)
select
    'drivers',
    account.driver_id,
    account.person_key,
    account.driver_id,
    'DECISION_UNDONE',
    'none',
    jsonb_build_object('before', account.link),
    'REMOVED',
    %(decided_at)s::timestamptz,
    %(notes)s
from unlinked_accounts_this_step as account
order by account.driver_id;

insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    run_id, matched_driver_id
)
select
    restored.person_key,
    account.source_table,
    account.source_pk,
    account.snapshot_date,
    account.match_rule,
    account.match_score,
    account.confidence_level,
    account.evidence,
    account.linked_at,
    account.run_id,
    account.matched_driver_id
from restored_record_this_step as restored
inner join ops.identity_links_backfill_audit as audit
    on
        audit.person_key = restored.person_key
        and audit.source_table = 'drivers'
        and audit.action_type = 'REMOVED'
        and audit.backfill_timestamp = %(undone_at)s::timestamptz
cross join lateral jsonb_populate_record(
    null::canon.identity_links, audit.evidence_json -> 'before'
) as account
on conflict (source_table, source_pk) do nothing;

insert into canon.evaluation_queue (source_table, source_pk)
select
    restored.source_table,
    restored.source_pk
from restored_record_this_step as restored
union
select
    link.source_table,
    link.source_pk
from canon.identity_links as link
where
    link.source_table = 'drivers'
    and link.person_key in (
        select released.person_key from pg_temp.released_persons_this_step as released
        union all
        select restored.person_key from restored_record_this_step as restored
    )
on conflict do nothing;

-- other records that lead to the accounts of the undone or the restored link
insert into canon.dirty_keys (kind, value, cause)
select
    'driver',
    account.driver_id,
    'driver'
from unlinked_accounts_this_step as account
union
select
    'driver',
    account.driver_id,
    'driver'
from restored_record_this_step as restored
inner join canon.drivers_index as named on named.driver_id = restored.link ->> 'matched_driver_id'
inner join canon.drivers_index as account on account.account_group = named.account_group
on conflict do nothing;
