-- What each of %(persons)s is worth to a scout, into canon.scout_payments (grain and key: person_key, currency), and
-- the milestones that are due now, into canon.scout_payment_milestones (person_key, rule_id); whom no scout claims
-- leaves both. ops.v_scout_payment_base and canon.scout_earnings define the columns, person by person;
-- here they are derived for many at once, from measured_milestones. Only rows that differ are written. Repeatable.
-- Leaves derived_payments, derived_milestones, changed_payments and changed_milestones (what was written or deleted).
drop table if exists derived_payments, derived_milestones, changed_payments, changed_milestones;

-- `like`: the columns, their order and their types are those of the table, so that rows can be compared and copied
create temporary table derived_payments (like canon.scout_payments) on commit drop;

insert into derived_payments
with attributions as (
    select attribution.*
    from ops.v_scout_attribution as attribution
    where attribution.person_key = any(%(persons)s::uuid[])
),

accounts as (
    select
        link.person_key,
        coalesce(
            min(link.source_pk) filter (where quarantine.driver_id is null), min(link.source_pk)
        ) as driver_id,
        bool_and(quarantine.driver_id is not null) as is_quarantined,
        array_agg(link.source_pk::text order by link.source_pk)
            filter (where quarantine.driver_id is not null) as quarantined_driver_ids
    from canon.identity_links as link
    left join canon.driver_orphan_quarantine as quarantine
        on quarantine.driver_id = link.source_pk and quarantine.status = 'quarantined'
    where link.person_key = any(%(persons)s::uuid[]) and link.source_table = 'drivers'
    group by link.person_key
),

earned as (
    select
        milestone.person_key,
        milestone.origin_tag,
        min(milestone.driver_id) as driver_id,
        min(milestone.lead_date) as lead_date,
        max(milestone.milestone_trips) filter (where milestone.milestone_achieved) as milestone_reached,
        max(milestone.achieved_date) as milestone_date,
        bool_or(milestone.achieved_date < milestone.lead_date + 7) as eligible_7d,
        sum(milestone.amount) filter (where milestone.milestone_achieved) as amount,
        max(milestone.payable_date) as payable_date,
        milestone.currency
    from measured_milestones as milestone
    group by milestone.person_key, milestone.origin_tag, milestone.currency
),

blocked as (
    select distinct
        attributions.person_key,
        case
            when attributions.is_conflict then 'CONFLICT'
            when attributions.scout_id is null then 'NO_SCOUT'
            when accounts.driver_id is null then 'NO_IDENTITY'
            when accounts.is_quarantined then 'QUARANTINED'
            when earned.origin_tag is null then 'NO_RULE'
        end as reason
    from attributions
    left join accounts using (person_key)
    left join earned using (person_key)
)

select
    attributions.person_key,
    coalesce(earned.driver_id, accounts.driver_id, attributions.driver_id) as driver_id,
    attributions.scout_id,
    coalesce(
        earned.origin_tag,
        (
            -- the deciding origin, as in canon.lead_conversions
            select event.payload_json ->> 'origin_tag'
            from observational.lead_events as event
            where event.person_key = attributions.person_key
            group by event.payload_json ->> 'origin_tag'
            order by
                count(event.scout_id) = 0,
                min(canon.plausible_date(event.event_date)),
                event.payload_json ->> 'origin_tag'
            limit 1
        )
    ) as origin_tag,
    attributions.source_table,
    attributions.source_pk,
    attributions.attribution_date,
    coalesce(earned.milestone_reached, 0) as milestone_reached,
    earned.milestone_date,
    coalesce(earned.eligible_7d, false) as eligible_7d,
    case when blocked.reason is null then coalesce(earned.amount, 0) else 0 end as amount_payable,
    case
        when blocked.reason is not null then 'BLOCKED'
        when earned.milestone_reached is not null then 'ELIGIBLE'
        else 'PENDING'
    end as payment_status,
    blocked.reason as block_reason,
    earned.lead_date,
    earned.payable_date,
    earned.currency,
    accounts.quarantined_driver_ids
from attributions
inner join blocked using (person_key)
left join accounts using (person_key)
left join earned using (person_key);

create temporary table derived_milestones (like canon.scout_payment_milestones) on commit drop;

insert into derived_milestones
select
    milestone.person_key,
    milestone.rule_id,
    milestone.scout_id,
    milestone.origin_tag,
    milestone.milestone_trips,
    milestone.driver_id,
    milestone.currency,
    milestone.amount,
    milestone.lead_date,
    milestone.achieved_date,
    milestone.payable_date
from measured_milestones as milestone
where
    milestone.is_payable
    and exists (
        select 1
        from derived_payments as derived
        where derived.person_key = milestone.person_key and derived.block_reason is null
    );

-- rows: changed
create temporary table changed_payments on commit drop as
select
    coalesce(kept.person_key, derived.person_key) as person_key,
    coalesce(kept.currency, derived.currency, '') as currency
from (
    select payment.*
    from canon.scout_payments as payment
    where payment.person_key = any(%(persons)s::uuid[])
) as kept
full join derived_payments as derived
    on derived.person_key = kept.person_key and coalesce(derived.currency, '') = coalesce(kept.currency, '')
where (kept.*) is distinct from (derived.*);

delete from canon.scout_payments as kept
using changed_payments as changed
where kept.person_key = changed.person_key and coalesce(kept.currency, '') = changed.currency;

insert into canon.scout_payments
select derived.*
from derived_payments as derived
inner join changed_payments as changed
    on changed.person_key = derived.person_key and changed.currency = coalesce(derived.currency, '')
order by derived.person_key, derived.currency;

create temporary table changed_milestones on commit drop as
select
    coalesce(kept.person_key, derived.person_key) as person_key,
    coalesce(kept.rule_id, derived.rule_id) as rule_id
from (
    select milestone.*
    from canon.scout_payment_milestones as milestone
    where milestone.person_key = any(%(persons)s::uuid[])
) as kept
full join derived_milestones as derived on derived.person_key = kept.person_key and derived.rule_id = kept.rule_id
where (kept.*) is distinct from (derived.*);

delete from canon.scout_payment_milestones as kept
using changed_milestones as changed
where kept.person_key = changed.person_key and kept.rule_id = changed.rule_id;

insert into canon.scout_payment_milestones
select derived.*
from derived_milestones as derived
inner join changed_milestones as changed
    on changed.person_key = derived.person_key and changed.rule_id = derived.rule_id
order by derived.person_key, derived.rule_id;

delete from canon.payment_queue as queued
where queued.person_key = any(%(persons)s::uuid[]);

-- their scouts may have changed
insert into canon.partner_claims_queue (person_key)
select claim.person_key
from canon.partner_claims as claim
where claim.person_key = any(%(persons)s::uuid[]);
