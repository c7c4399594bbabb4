-- Cases that wait for a human, with the money at stake. canon.derived_review_cases says what each column is.
-- case_version is a digest of what a human would see: the claims on a person with the ledger's scout, a record with its
-- candidates or its two contents, a payment; and the newest human decision on it. Who decides gives the version that
-- was shown; another one means that the case has changed since. Computed only for the rows that are shown.
-- worth, by which the queue is ordered: the amount times the probability (see ADR 30). Indexed by case_kind in that
-- order, by scout, park and reason. Grain and key: (case_kind, case_key).
create or replace view ops.v_review_cases as
select
    waiting.case_kind,
    waiting.case_key,
    waiting.person_key,
    waiting.source_table,
    waiting.source_pk,
    waiting.payment_key,
    waiting.reason_code,
    waiting.since,
    waiting.probability,
    waiting.amount,
    waiting.currency,
    waiting.scout_ids,
    waiting.park_id,
    case
        when waiting.case_kind = 'CONFLICT' then (
            select
                md5(concat_ws(
                    '|', ledger.decision_status, ledger.attributed_scout_id, ledger.evidence_json ->> 'conflict_reason',
                    (
                        select
                            string_agg(
                                concat_ws(',', event.source_table, event.source_pk, event.scout_id, event.event_date),
                                ';' order by event.id
                            )
                        from observational.lead_events as event
                        where event.person_key = ledger.person_key
                    ),
                    (
                        select max(decision.id)
                        from ops.human_decisions as decision
                        where decision.person_key = ledger.person_key and decision.source_pk is null
                    )
                ))
            from observational.lead_ledger as ledger
            where ledger.person_key = waiting.person_key
        )
        when waiting.case_kind = 'UNEXPLAINED_PAYMENT' then (
            select
                md5(concat_ws(
                    '|', payment::text,
                    (
                        select max(decision.id)
                        from ops.human_decisions as decision
                        where
                            decision.source_table = 'yango_payment_ledger'
                            and decision.source_pk = payment.payment_key
                    )
                ))
            from canon.payments_without_claim as payment
            where payment.payment_key = waiting.payment_key
        )
        else (
            select
                md5(concat_ws(
                    '|', unmatched.status, unmatched.reason_code, unmatched.details, unmatched.candidates_preview,
                    contested.reason_code, contested.candidates, held.payload, link.person_key, link.match_rule,
                    record.name_norm, record.phone_norm, record.license_norm, record.plate_norm, record.event_date,
                    record.scout_id,
                    (
                        select max(decision.id)
                        from ops.human_decisions as decision
                        where
                            decision.source_table = waiting.source_table
                            and decision.source_pk = waiting.source_pk
                    )
                ))
            from (values (waiting.source_table, waiting.source_pk)) as named (source_table, source_pk)
            left join canon.identity_unmatched as unmatched using (source_table, source_pk)
            left join canon.identity_contested as contested using (source_table, source_pk)
            left join canon.replaced_records as held using (source_table, source_pk)
            left join canon.identity_links as link using (source_table, source_pk)
            left join canon.records_index as record using (source_table, source_pk)
        )
    end as case_version,
    (
        select postponed.postponed_until
        from ops.review_postponements as postponed
        where postponed.case_kind = waiting.case_kind and postponed.case_key = waiting.case_key
    ) as postponed_until,
    waiting.worth
from canon.review_cases as waiting
where
    -- A case that somebody or a run has closed is gone at once; what is new comes with the run or decision. Looked up
    -- one by one: what `exists` asks may be read whole for a page of a few rows.
    case waiting.case_kind
        when 'CONFLICT' then (
            select ledger.decision_status = 'conflict'
            from observational.lead_ledger as ledger
            where ledger.person_key = waiting.person_key
        )
        when 'UNMATCHED' then (
            select unmatched.status = 'OPEN'
            from canon.identity_unmatched as unmatched
            where unmatched.source_table = waiting.source_table and unmatched.source_pk = waiting.source_pk
        )
        when 'UNEXPLAINED_PAYMENT' then (
            select payment.is_paid and explained.payment_key is null
            from canon.payments_without_claim as payment
            left join canon.payment_explanations as explained on explained.payment_key = payment.payment_key
            where payment.payment_key = waiting.payment_key
        )
        else (
            select true
            from canon.identity_contested as contested
            where contested.source_table = waiting.source_table and contested.source_pk = waiting.source_pk
        )
    end;
