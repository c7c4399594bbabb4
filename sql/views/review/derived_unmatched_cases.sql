-- Records without a person that wait for a human, derived when read. Columns as of canon.derived_review_cases. As
-- all of canon.derived_record_cases, it reads no source of trips or payments. Grain and key: (case_kind, case_key).
create or replace view canon.derived_unmatched_cases as
select
    'UNMATCHED' as case_kind,
    unmatched.source_table || '|' || unmatched.source_pk as case_key,
    null::uuid as person_key,
    unmatched.source_table::text as source_table,
    unmatched.source_pk::text as source_pk,
    null::text as payment_key,
    unmatched.reason_code::text as reason_code,
    unmatched.created_at as since,
    unmatched.match_probability as probability,
    possible.amount::numeric(12, 2) as amount,
    possible.currency,
    case when record.scout_id is not null then array[record.scout_id] else '{}' end as scout_ids,
    unmatched.candidates_preview -> 0 ->> 'park_id' as park_id
from canon.identity_unmatched as unmatched
left join canon.records_index as record using (source_table, source_pk)
left join lateral (
    select
        sum(rule.amount) as amount,
        rule.currency::text as currency
    from canon.payment_rules_in_force as rule
    where
        record.scout_id is not null
        and rule.rule_scope = 'scout'
        and rule.origin_tag = record.origin_tag
        and rule.in_force @> record.event_date
    group by rule.currency
    order by sum(rule.amount) desc, rule.currency
    limit 1
) as possible on true
where unmatched.status = 'OPEN';
