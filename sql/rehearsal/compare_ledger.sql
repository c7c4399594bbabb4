-- How the ledger of `after` differs from that of `before`, by person: row added or removed, scout added, changed or
-- removed, else another status or rule. `before` and `after` are status and rule. Into rehearsed_differences.
-- Grain and key: person; new persons have no key. Repeatable after deleting the subject.
insert into pg_temp.rehearsed_differences (
    subject, kind, name, person_before, person_after, before, after, scout_before, scout_after, reason
)
with before as materialized (
    select ledger.* from pg_temp.rehearsed_ledger as ledger where ledger.moment = 'before'
),

after as materialized (
    select ledger.* from pg_temp.rehearsed_ledger as ledger where ledger.moment = 'after'
)

select
    'ledger',
    case
        when before.person_key is null then 'added'
        when after.person_key is null then 'removed'
        when before.scout_id is null and after.scout_id is not null then 'scout_added'
        when before.scout_id is not null and after.scout_id is null then 'scout_removed'
        when before.scout_id <> after.scout_id then 'scout_changed'
        when before.decision_status <> after.decision_status then 'status_changed'
        else 'rule_changed'
    end,
    person.primary_full_name,
    before.person_key,
    known.person_key,
    nullif(concat_ws(' ', before.decision_status, before.attribution_rule), ''),
    nullif(concat_ws(' ', after.decision_status, after.attribution_rule), ''),
    before.scout_id,
    after.scout_id,
    nullif(concat_ws(' -> ', before.attributed_source, after.attributed_source), '')
from before
full join after on after.person_key = before.person_key
left join pg_temp.rehearsed_persons as known on known.person_key = after.person_key
left join canon.identity_registry as person on person.person_key = coalesce(after.person_key, before.person_key)
where
    (before.person_key, before.scout_id, before.decision_status, before.attribution_rule, before.attributed_source)
    is distinct from
    (after.person_key, after.scout_id, after.decision_status, after.attribution_rule, after.attributed_source);
