-- What each of %(persons)s is worth to a scout, into canon.scout_payments; a person whom no scout claims leaves it.
-- ops.v_scout_payment_base defines the columns, person by person; here they are derived for many at once. Leaves
-- changed_payments: the persons whose row was written or deleted. Grain and key: person_key. Repeatable.
drop table if exists derived_payments, changed_payments;

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
        min(link.source_pk) as driver_id,
        bool_and(quarantine.driver_id is not null) as is_quarantined
    from canon.identity_links as link
    left join canon.driver_orphan_quarantine as quarantine
        on quarantine.driver_id = link.source_pk and quarantine.status = 'quarantined'
    where link.person_key = any(%(persons)s::uuid[]) and link.source_table = 'drivers'
    group by link.person_key
),

earned as (
    select distinct on (earning.person_key) earning.*
    from canon.scout_earnings as earning
    where earning.person_key = any(%(persons)s::uuid[])
    order by earning.person_key, earning.lead_date, earning.origin_tag
),

blocked as (
    select
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
            select event.payload_json ->> 'origin_tag'
            from observational.lead_events as event
            where event.person_key = attributions.person_key
            order by event.event_date, event.id
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
    earned.currency
from attributions
inner join blocked using (person_key)
left join accounts using (person_key)
left join earned using (person_key);

-- rows: changed
create temporary table changed_payments on commit drop as
select coalesce(kept.person_key, derived.person_key) as person_key
from (
    select payment.*
    from canon.scout_payments as payment
    where payment.person_key = any(%(persons)s::uuid[])
) as kept
full join derived_payments as derived on derived.person_key = kept.person_key
where (kept.*) is distinct from (derived.*);

delete from canon.scout_payments as kept
using changed_payments as changed
where kept.person_key = changed.person_key;

insert into canon.scout_payments
select derived.*
from derived_payments as derived
inner join changed_payments as changed on changed.person_key = derived.person_key
order by derived.person_key;

delete from canon.payment_queue as queued
where queued.person_key = any(%(persons)s::uuid[]);
