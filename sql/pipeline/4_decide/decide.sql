-- One decision per record of one source: an account group (one person) to link to, or a reason why not. A pure function
-- of the normalised records and drivers: no earlier decision is an input, so the order in which rows arrive has no
-- effect (ADR 1). Records that a human decided are left out.
-- Grain and key: (source_table, source_pk); with a half, only records in it. Leaves: ranked_candidates_this_step.
-- Safe to run again: the decisions of the source and half are deleted first.
delete from canon.decisions_this_run as decision
where decision.source_table = %(source_table)s and canon.is_in_half(decision.source_pk, %(half)s::integer);

-- Analysed temp table instead of a subquery: a wrong row estimate makes the last join quadratic.
create temporary table ranked_candidates_this_step on commit drop as
-- The best account of each group: supported first, then rule, target park, name similarity.
with best_accounts as materialized (
    select distinct on (evidence.source_pk, evidence.account_group)
        evidence.*,
        coalesce(evidence.park_id = run.target_park_id, false) as is_in_target_park
    from canon.rule_evidence as evidence
    cross join ops.run_settings(%(run_id)s::integer) as run
    where
        evidence.source_table = %(source_table)s
        and canon.is_in_half(evidence.source_pk, %(half)s::integer)
    order by
        evidence.source_pk, evidence.account_group, evidence.is_supported desc, evidence.match_score desc,
        (evidence.park_id = run.target_park_id) is true desc, evidence.similarity desc nulls last, evidence.driver_id
)

select
    best_accounts.*,
    row_number() over candidates_of_record as candidate_rank,
    count(*) over (partition by best_accounts.source_pk) as person_count,
    count(*) filter (where best_accounts.is_supported) over (partition by best_accounts.source_pk) as supported_count,
    bool_or(best_accounts.is_contradicted) over (partition by best_accounts.source_pk) as has_contradiction,
    bool_or(best_accounts.is_weak) over (partition by best_accounts.source_pk) as has_weak
from best_accounts
window candidates_of_record as (
    partition by best_accounts.source_pk
    order by
        best_accounts.is_supported desc, best_accounts.match_score desc, best_accounts.similarity desc nulls last,
        best_accounts.is_in_target_park desc, best_accounts.driver_id
);

analyze ranked_candidates_this_step (source_pk, candidate_rank, person_count, supported_count);

insert into canon.decisions_this_run (
    source_table, source_pk, reason_code, match_rule, match_score, confidence_level, account_group, driver_id, evidence,
    candidates
)
with records_to_decide as (
    select record.*
    from canon.records_this_run as batch
    inner join canon.records_index as record using (source_table, source_pk)
    where
        batch.source_table = %(source_table)s
        and canon.is_in_half(batch.source_pk, %(half)s::integer)
        and not exists (
            select 1 from canon.identity_links as link
            where
                link.source_table = record.source_table
                and link.source_pk = record.source_pk
                and link.match_rule = 'MANUAL'
        )
        and not exists (
            select 1 from canon.identity_unmatched as unmatched
            where
                unmatched.source_table = record.source_table
                and unmatched.source_pk = record.source_pk
                and unmatched.status = 'IGNORED'
        )
),

-- Candidates for the review queue; a record linked to its only candidate needs none.
previews as (
    select
        ranked.source_pk,
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'driver_id', ranked.driver_id, 'person_key', ranked.person_key,
                'rule', ranked.match_rule, 'score', ranked.match_score,
                'similarity', round(ranked.similarity::numeric, 3), 'names', ranked.verdict,
                'driver_name', ranked.driver_name, 'park_id', ranked.park_id
            )) order by ranked.candidate_rank
        ) as candidates
    from ranked_candidates_this_step as ranked
    where ranked.candidate_rank <= 10 and (ranked.supported_count <> 1 or ranked.person_count > 1)
    group by ranked.source_pk
)

select
    record.source_table,
    record.source_pk,
    case
        when record.event_date is null then 'MISSING_KEYS'
        when
            coalesce(record.phone_norm, record.license_norm, record.driver_id) is null
            and (record.name_norm is null or coalesce(record.plate_norm, record.car_fingerprint) is null)
            then 'MISSING_KEYS'
        when best.supported_count = 1 then null
        when best.supported_count > 1 then 'MULTIPLE_CANDIDATES'
        when best.has_contradiction then 'NAME_CONTRADICTION'
        when best.has_weak then 'WEAK_MATCH_ONLY'
        else 'NO_CANDIDATES'
    end as reason_code,
    best.match_rule,
    best.match_score,
    best.confidence_level,
    best.account_group,
    best.driver_id,
    case when best.supported_count = 1 then jsonb_strip_nulls(jsonb_build_object(
        'rule', best.match_rule, 'driver_id', best.driver_id, 'person_key', best.person_key,
        'values', case best.match_rule
            when 'R1_PHONE_EXACT' then jsonb_build_object('phone', record.phone_norm)
            when 'R2_LICENSE_EXACT' then jsonb_build_object('license', record.license_norm)
            when 'DRIVER_DIRECT' then jsonb_build_object('driver_id', record.driver_id)
            when 'R4_CAR_FINGERPRINT_NAME_SIMILAR' then jsonb_build_object('car', record.car_fingerprint)
            else jsonb_build_object('plate', record.plate_norm)
        end,
        'record_name', best.record_name, 'driver_name', best.driver_name,
        'similarity', round(best.similarity::numeric, 3), 'names', best.verdict,
        'runner_up', previews.candidates -> 1
    )) end as evidence,
    coalesce(previews.candidates, '[]') as candidates
from records_to_decide as record
left join ranked_candidates_this_step as best on best.source_pk = record.source_pk and best.candidate_rank = 1
left join previews on previews.source_pk = record.source_pk;

analyze canon.decisions_this_run (source_table, source_pk, reason_code, match_rule, account_group, driver_id);
