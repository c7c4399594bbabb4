-- One decision per record of one source: an account group (one person) to link to, or a reason why not. A pure function
-- of the normalised records and drivers and the version of the weights: no earlier decision is an input, so the order
-- in which rows arrive has no effect (ADR 1). The likeliest person is linked where its probability is enough for its
-- kind of evidence (canon.match_rules). Records that a human decided are left out.
-- Grain and key: (source_table, source_pk); with a half, only records in it. Leaves: ranked_candidates_this_step.
-- Safe to run again: the decisions of the source and half are deleted first.
delete from canon.decisions_this_run as decision
where decision.source_table = %(source_table)s and canon.is_in_half(decision.source_pk, %(half)s::integer);

-- Analysed temp tables instead of subqueries: a wrong row estimate makes the last join quadratic.
create temporary table ranked_candidates_this_step on commit drop as
select
    weighed.source_pk,
    weighed.rule_position,
    weighed.account_group,
    weighed.driver_id,
    weighed.person_key,
    weighed.park_id,
    weighed.record_name,
    weighed.driver_name,
    weighed.similarity,
    weighed.names,
    weighed.probability,
    weighed.is_enough,
    canon.weights_json(weighed) as weights,
    row_number() over candidates_of_record as candidate_rank,
    count(*) over all_of_record as person_count,
    coalesce(sum(weighed.probability) filter (where not rule.needs_counts or weight.has_counts) over all_of_record, 0)
        as any_probability,
    greatest(
        count(*) filter (where weighed.probability >= 0.02) over all_of_record,
        count(*) filter (where weighed.is_enough_alone) over all_of_record
    ) as likely_count,
    bool_or(
        weighed.names = 'CONTRADICT' and (weighed.phone_level = 'equal' or weighed.license_level = 'equal')
    ) over all_of_record as has_contradiction,
    bool_or(not rule.is_by_name and weighed.names is distinct from 'CONTRADICT') over all_of_record as has_weak
from canon.weighed_candidates_this_run as weighed
inner join canon.match_rules as rule on rule.position = weighed.rule_position
cross join canon.match_weight_bits as weight
where
    weighed.source_table = %(source_table)s
    and canon.is_in_half(weighed.source_pk, %(half)s::integer)
window
    all_of_record as (partition by weighed.source_pk),
    candidates_of_record as (
        partition by weighed.source_pk
        order by
            weighed.probability desc, weighed.rule_position, weighed.is_in_target_park desc, weighed.account_group
    );

analyze ranked_candidates_this_step (source_pk, candidate_rank);

-- Analysed temp table, too: a few rows of one source may be unknown to the statistics of canon.records_index.
create temporary table records_to_decide_this_step on commit drop as
select
    record.source_pk,
    record.event_date,
    record.phone_norm,
    record.license_norm,
    record.driver_id,
    record.name_norm,
    record.plate_norm,
    record.car_fingerprint,
    record.payload ? 'unreadable' as is_unreadable
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
    );

analyze records_to_decide_this_step (source_pk);

insert into canon.decisions_this_run (
    source_table, source_pk, reason_code, match_rule, match_score, confidence_level, account_group, driver_id,
    match_probability, evidence, candidates
)
-- Candidates for the review queue, the likeliest first; a record linked to its only candidate needs none.
with previews as (
    select
        ranked.source_pk,
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'driver_id', ranked.driver_id, 'person_key', ranked.person_key,
                'rule', rule.match_rule, 'score', rule.match_score, 'probability', ranked.probability,
                'similarity', round(ranked.similarity::numeric, 3), 'names', ranked.names,
                'driver_name', ranked.driver_name, 'park_id', ranked.park_id, 'weights', ranked.weights::jsonb
            )) order by ranked.candidate_rank
        ) as candidates
    from ranked_candidates_this_step as ranked
    inner join canon.match_rules as rule on rule.position = ranked.rule_position
    where
        ranked.candidate_rank <= 10
        and (not ranked.is_enough or ranked.person_count > 1 or rule.is_by_name)
    group by ranked.source_pk
)

select
    %(source_table)s,
    record.source_pk,
    case
        when record.event_date is null or record.is_unreadable then 'MISSING_KEYS'
        when
            coalesce(record.phone_norm, record.license_norm, record.driver_id) is null
            and (record.name_norm is null or coalesce(record.plate_norm, record.car_fingerprint) is null)
            then 'MISSING_KEYS'
        when best.is_enough then null
        when best.likely_count > 1 and best.any_probability >= 0.5 then 'MULTIPLE_CANDIDATES'
        when best.has_contradiction then 'NAME_CONTRADICTION'
        when best.has_weak or best.any_probability >= 0.5 then 'WEAK_MATCH_ONLY'
        else 'NO_CANDIDATES'
    end as reason_code,
    rule.match_rule,
    rule.match_score,
    rule.confidence_level,
    best.account_group,
    best.driver_id,
    best.probability,
    -- as text, read as JSON once: half the time of building objects
    case when best.is_enough then (
        '{' || concat_ws(
            ',',
            '"rule": "' || rule.match_rule || '"',
            '"driver_id": ' || to_json(best.driver_id),
            '"person_key": "' || best.person_key || '"',
            '"values": {' || coalesce(case
                when rule.match_rule in ('R1_PHONE_EXACT', 'R5_PHONE_ONE_OFF')
                    then '"phone": ' || to_json(record.phone_norm)
                when rule.match_rule in ('R2_LICENSE_EXACT', 'R5_LICENSE_NUMBER', 'R5_LICENSE_ONE_OFF')
                    then '"license": ' || to_json(record.license_norm)
                when rule.match_rule = 'R5_NAME_AND_HIRE_DATE' then '"date": "' || record.event_date || '"'
                when rule.match_rule = 'DRIVER_DIRECT' then '"driver_id": ' || to_json(record.driver_id)
                when rule.match_rule = 'R4_CAR_FINGERPRINT_NAME_SIMILAR'
                    then '"car": ' || to_json(record.car_fingerprint)
                else '"plate": ' || to_json(record.plate_norm)
            end, '') || '}',
            '"record_name": ' || to_json(best.record_name),
            '"driver_name": ' || to_json(best.driver_name),
            '"similarity": ' || round(best.similarity::numeric, 3),
            '"names": "' || best.names || '"',
            '"weights": ' || best.weights,
            '"runner_up": ' || (previews.candidates -> 1)::text
        ) || '}'
    )::jsonb end as evidence,
    coalesce(previews.candidates, '[]') as candidates
from records_to_decide_this_step as record
left join ranked_candidates_this_step as best on best.source_pk = record.source_pk and best.candidate_rank = 1
left join canon.match_rules as rule on rule.position = best.rule_position
left join previews on previews.source_pk = record.source_pk;

analyze canon.decisions_this_run (source_table, source_pk, reason_code, match_rule, account_group, driver_id);
