-- The conflicts of %(persons)s (keys as text) as they are now, for keep_review_cases.sql: what
-- canon.derived_conflict_cases says, from measured_milestones; canon.scout_earnings would measure again.
-- Grain and key: (case_kind, case_key). Leaves: cases_this_step.
drop table if exists cases_this_step;

create temporary table cases_this_step on commit drop as
with earned as (
    select distinct on (earning.person_key)
        earning.person_key,
        earning.amount,
        earning.currency
    from (
        select
            milestone.person_key,
            milestone.currency::text as currency,
            sum(milestone.amount) as amount
        from measured_milestones as milestone
        where milestone.milestone_achieved
        group by milestone.person_key, milestone.origin_tag, milestone.currency
    ) as earning
    where earning.amount is not null
    order by earning.person_key, earning.amount desc, earning.currency
)

select
    derived.case_kind,
    derived.case_key,
    derived.person_key,
    derived.source_table,
    derived.source_pk,
    derived.payment_key,
    derived.reason_code,
    derived.since,
    derived.probability,
    earned.amount::numeric(12, 2) as amount,
    earned.currency,
    derived.scout_ids,
    derived.park_id,
    kept.case_key is not null as is_kept
from canon.unpriced_conflict_cases as derived
left join earned on earned.person_key = derived.person_key
left join canon.review_cases as kept on kept.case_kind = derived.case_kind and kept.case_key = derived.case_key
where derived.person_key = any(%(persons)s::uuid[]);

delete from canon.review_cases as kept
where
    kept.case_kind = 'CONFLICT'
    and kept.case_key = any(%(persons)s::text[])
    and not exists (
        select 1
        from cases_this_step as derived
        where derived.case_kind = kept.case_kind and derived.case_key = kept.case_key
    );
