-- How the links of `after` differ from those of `before`: added, removed, to another person (changed, or merged if both
-- became one), to the same person by another rule (rule_changed), contested, and settled where nothing contests a link
-- any more. A record may have two differences. person_after and driver of a contested link are the first candidate;
-- persons who do not exist yet have no key. Into rehearsed_differences.
-- Grain and key: (kind, source_table, source_pk). Repeatable after deleting the subject.
insert into pg_temp.rehearsed_differences (
    subject, kind, source_table, source_pk, name, person_before, person_after, driver_id, driver_name, before, after,
    reason
)
with before as materialized (
    select link.* from pg_temp.rehearsed_links as link where link.moment = 'before'
),

after as materialized (
    select link.* from pg_temp.rehearsed_links as link where link.moment = 'after'
),

compared as (
    select
        coalesce(after.source_table, before.source_table) as source_table,
        coalesce(after.source_pk, before.source_pk) as source_pk,
        before.person_key as person_before,
        after.person_key as person_after,
        before.match_rule as rule_before,
        after.match_rule as rule_after,
        coalesce(after.driver_id, before.driver_id) as driver_id,
        coalesce(after.driver_name, before.driver_name) as driver_name,
        before.reason_code as reason_before,
        after.reason_code as reason_after,
        after.other_person,
        after.other_driver_id,
        after.other_name
    from before
    full join after on after.source_table = before.source_table and after.source_pk = before.source_pk
)

select
    'link',
    changed.kind,
    compared.source_table,
    compared.source_pk,
    coalesce(record.name_norm, account.full_name_norm),
    compared.person_before,
    known.person_key,
    case when changed.kind = 'contested' then compared.other_driver_id else compared.driver_id end,
    case when changed.kind = 'contested' then compared.other_name else compared.driver_name end,
    compared.rule_before,
    compared.rule_after,
    case when changed.kind = 'settled' then compared.reason_before else compared.reason_after end
from compared
left join canon.identity_aliases as alias
    on alias.person_key = compared.person_before and alias.survivor_key = compared.person_after
left join canon.records_index as record
    on record.source_table = compared.source_table and record.source_pk = compared.source_pk
left join canon.drivers_index as account
    on compared.source_table = 'drivers' and account.driver_id = compared.source_pk
cross join lateral (
    select 'added' as kind
    where compared.person_before is null and compared.person_after is not null
    union all
    select 'removed'
    where compared.person_before is not null and compared.person_after is null
    union all
    select case when alias.person_key is null then 'changed' else 'merged' end
    where compared.person_before <> compared.person_after
    union all
    select 'rule_changed'
    where compared.person_before = compared.person_after and compared.rule_before <> compared.rule_after
    union all
    select 'contested'
    where compared.reason_after is not null and compared.reason_before is distinct from compared.reason_after
    union all
    select 'settled'
    where compared.reason_before is not null and compared.reason_after is null
) as changed
left join pg_temp.rehearsed_persons as known
    on
        known.person_key
        = case when changed.kind = 'contested' then compared.other_person else compared.person_after end;
