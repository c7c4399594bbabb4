-- Records that wait for a human, derived when read: record without a person, contested record, overwritten record.
-- Columns as of canon.derived_review_cases. Reads no source of trips or payments, so that ingestion can derive them
-- whatever happens to those. Grain and key: (case_kind, case_key).
create or replace view canon.derived_record_cases as
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
where unmatched.status = 'OPEN'
union all
select
    case when contested.reason_code = 'REPLACED_RECORD' then 'REPLACED' else 'CONTESTED' end,
    contested.source_table || '|' || contested.source_pk,
    link.person_key,
    contested.source_table::text,
    contested.source_pk::text,
    null,
    contested.reason_code,
    contested.since,
    (contested.candidates -> 0 ->> 'probability')::double precision,
    payable.amount_payable::numeric(12, 2),
    payable.currency,
    case when record.scout_id is not null then array[record.scout_id] else '{}' end,
    contested.candidates -> 0 ->> 'park_id'
from canon.identity_contested as contested
left join canon.identity_links as link using (source_table, source_pk)
left join canon.records_index as record using (source_table, source_pk)
left join lateral (
    select
        payment.amount_payable,
        payment.currency
    from canon.scout_payments as payment
    where payment.person_key = link.person_key and payment.currency is not null
    order by payment.amount_payable desc, payment.currency
    limit 1
) as payable on true
where contested.source_table <> 'drivers';
