-- Contested and overwritten records that wait for a human, derived when read. Columns as of canon.derived_review_cases.
-- As all of canon.derived_record_cases, it reads no source of trips or payments. Grain and key: (case_kind, case_key).
create or replace view canon.derived_contested_cases as
select
    case when contested.reason_code = 'REPLACED_RECORD' then 'REPLACED' else 'CONTESTED' end as case_kind,
    contested.source_table || '|' || contested.source_pk as case_key,
    link.person_key,
    contested.source_table::text as source_table,
    contested.source_pk::text as source_pk,
    null::text as payment_key,
    contested.reason_code::text as reason_code,
    contested.since,
    (contested.candidates -> 0 ->> 'probability')::double precision as probability,
    payable.amount_payable::numeric(12, 2) as amount,
    payable.currency::text as currency,
    case when record.scout_id is not null then array[record.scout_id] else '{}' end as scout_ids,
    contested.candidates -> 0 ->> 'park_id' as park_id
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
