-- Clean up persons that lost records through a human decision. A person without any record loses its driver accounts,
-- because accounts are linked only where a lead is. A person that nothing references any more is deleted with its
-- ledger row; human decisions, money tables and tables of earlier programs count as references. Each deleted link and
-- scout is audited.
-- Grain and key: person_key. Reads: released_persons_this_step. Leaves: released_accounts_this_step,
-- removed_persons_this_step.
create temporary table released_accounts_this_step on commit drop as
select
    account.source_pk as driver_id,
    account.person_key,
    to_jsonb(account) as link
from canon.identity_links as account
inner join (select distinct released.person_key from pg_temp.released_persons_this_step as released) as released
    on released.person_key = account.person_key
where
    account.source_table = 'drivers'
    and not exists (
        select 1 from canon.identity_links as lead
        where lead.person_key = account.person_key and lead.source_table <> 'drivers'
    );

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, driver_id, match_method, match_confidence, evidence_json, action_type,
    backfill_timestamp, notes
)
select
    'drivers',
    account.driver_id,
    account.person_key,
    account.driver_id,
    'MANUAL',
    'none',
    jsonb_build_object('before', account.link),
    'REMOVED',
    %(decided_at)s::timestamptz,
    %(notes)s
from released_accounts_this_step as account
order by account.driver_id;

delete from canon.identity_links as link
using released_accounts_this_step as account
where link.source_table = 'drivers' and link.source_pk = account.driver_id;

delete from canon.identity_contested as contested
using released_accounts_this_step as account
where contested.source_table = 'drivers' and contested.source_pk = account.driver_id;

create temporary table removed_persons_this_step on commit drop as
select person.person_key
from canon.identity_registry as person
where
    person.person_key in (select released.person_key from pg_temp.released_persons_this_step as released)
    and not exists (select 1 from canon.identity_links as link where link.person_key = person.person_key)
    and not exists (select 1 from observational.lead_events as event where event.person_key = person.person_key)
    and not exists (
        select 1 from observational.lead_ledger as ledger
        where
            ledger.person_key = person.person_key
            and ledger.attribution_rule = 'MANUAL'
            -- a MANUAL row written by a revert of a machine's decision does not count
            and (
                coalesce(ledger.evidence_json ? 'reverted_run', false)
                and coalesce(ledger.evidence_json #>> '{restored,attribution_rule}', '') <> 'MANUAL'
            ) is false
    )
    and not exists (select 1 from canon.identity_aliases as alias where alias.survivor_key = person.person_key)
    and not exists (select 1 from canon.mentions_of_persons as mention where mention.person_key = person.person_key)
    and not exists (
        select 1 from ops.yango_payment_status_ledger as payment where payment.person_key = person.person_key
    )
    and not canon.is_named_by_cabinet_payments(person.person_key);

insert into ops.lead_ledger_scout_backfill_audit (
    person_key, old_attributed_scout_id, attribution_rule_old, attribution_confidence_old, evidence_json_old,
    backfill_method, backfill_timestamp, notes
)
select
    ledger.person_key,
    ledger.attributed_scout_id,
    ledger.attribution_rule,
    ledger.confidence_level::text,
    ledger.evidence_json,
    'PERSON_REMOVED',
    %(decided_at)s::timestamptz,
    %(notes)s
from removed_persons_this_step as removed
inner join observational.lead_ledger as ledger on ledger.person_key = removed.person_key
where ledger.attributed_scout_id is not null
order by ledger.person_key;

delete from observational.lead_ledger as ledger
using removed_persons_this_step as removed
where ledger.person_key = removed.person_key;

delete from canon.attribution_queue as queued
using removed_persons_this_step as removed
where queued.person_key = removed.person_key;

delete from canon.identity_registry as person
using removed_persons_this_step as removed
where person.person_key = removed.person_key;
