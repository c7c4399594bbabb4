-- Whether probabilities keep their word, per match rule and band of probability (from … to; the last band includes 1).
-- Links that a rule made with that probability: how many, how many later evidence contests now, how many a human gave
-- to somebody else or to nobody, and their mean probability (`links_…`). Records that a human decided and whose
-- first candidate had that probability: how many, how many of these humans chose it, and its mean probability
-- (`decided_…`). A decision that was taken back does not count; of several on one record, the one that stands does.
-- Overwritten rows (REPLACED_RECORD) say nothing about their link. No row: nothing has that probability.
-- Grain and key: (match_rule, probability_from).
create or replace view ops.v_match_calibration as
with bands (begins) as (values (array[0, 0.5, 0.9, 0.97, 0.99, 0.999, 1]::float8[])),

-- What the machine said when a human took over, of records that the human still holds: the newest decision before
-- which no human's stood.
machine_said as (
    select distinct on (decision.source_table, decision.source_pk)
        link.person_key,
        link.matched_driver_id,
        nullif(decision.before -> 'link', 'null') as link,
        case
            when decision.before #> '{contested,candidates}' is not null
                then decision.before #> '{contested,candidates,0}'
            when decision.before #>> '{unmatched,status}' = 'OPEN'
                then decision.before #> '{unmatched,candidates_preview,0}'
        end as candidate
    from ops.human_decisions as decision
    left join canon.identity_links as link using (source_table, source_pk)
    left join canon.identity_unmatched as unmatched using (source_table, source_pk)
    where
        decision.kind = 'resolve_unmatched_lead'
        and (link.match_rule = 'MANUAL' or (unmatched.status = 'IGNORED' and unmatched.details ? 'decision'))
        and decision.before #>> '{link,match_rule}' is distinct from 'MANUAL'
        and decision.before #>> '{unmatched,status}' is distinct from 'IGNORED'
        and decision.before #>> '{contested,reason_code}' is distinct from 'REPLACED_RECORD'
    order by decision.source_table, decision.source_pk, decision.id desc
),

observed as (
    -- counted by rule and probability, which an index has: it spares reading the links
    select
        link.match_rule,
        link.match_probability as probability,
        count(*) as links,
        0 as contested,
        0 as undone,
        0 as decided,
        0 as chosen
    from canon.identity_links as link
    where link.match_probability is not null and link.match_rule <> 'MANUAL'
    group by link.match_rule, link.match_probability
    union all
    select
        link.match_rule,
        link.match_probability,
        0,
        1,
        0,
        0,
        0
    from canon.identity_contested as contested
    inner join canon.identity_links as link using (source_table, source_pk)
    where
        contested.reason_code <> 'REPLACED_RECORD'
        and link.match_probability is not null
        and link.match_rule <> 'MANUAL'
    union all
    select
        said.link ->> 'match_rule',
        (said.link ->> 'match_probability')::float8,
        1,
        0,
        case when said.person_key = coalesce(alias.survivor_key, (said.link ->> 'person_key')::uuid) then 0 else 1 end,
        0,
        0
    from machine_said as said
    left join canon.identity_aliases as alias on alias.person_key = (said.link ->> 'person_key')::uuid
    where said.link ->> 'match_probability' is not null
    union all
    select
        said.candidate ->> 'rule',
        (said.candidate ->> 'probability')::float8,
        0,
        0,
        0,
        1,
        case
            when
                said.matched_driver_id = said.candidate ->> 'driver_id'
                or said.person_key = account.person_key
                or said.person_key = coalesce(alias.survivor_key, (said.candidate ->> 'person_key')::uuid)
                then 1
            else 0
        end
    from machine_said as said
    left join canon.identity_links as account
        on account.source_table = 'drivers' and account.source_pk = said.candidate ->> 'driver_id'
    left join canon.identity_aliases as alias on alias.person_key = (said.candidate ->> 'person_key')::uuid
    where said.candidate ->> 'probability' is not null
)

select
    observed.match_rule,
    bands.begins[width_bucket(observed.probability, bands.begins[:6])] as probability_from,
    bands.begins[width_bucket(observed.probability, bands.begins[:6]) + 1] as probability_to,
    sum(observed.links)::bigint as links_made,
    sum(observed.contested) as links_contested_now,
    sum(observed.undone) as links_undone_by_humans,
    sum(observed.probability * observed.links) / nullif(sum(observed.links), 0) as links_mean_probability,
    sum(observed.decided) as decided_by_humans,
    sum(observed.chosen) as decided_for_first_candidate,
    sum(observed.probability * observed.decided) / nullif(sum(observed.decided), 0) as decided_mean_probability
from observed
cross join bands
group by observed.match_rule, probability_from, probability_to;
