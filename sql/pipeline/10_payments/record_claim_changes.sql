-- What refresh_partner_claims changed, into ops.claim_changes: claims that appeared or disappeared, and those with
-- another date, amount, currency or account. Reads gone_claims, new_claims and claim_pairs; %(run_id)s is NULL between
-- two runs. The first refresh of a database fills and changes nothing. Leaves claim_changes_now, and lost_payments:
-- what paid a deleted row and no written one. %(moment)s is the clock. Grain: one change of one claim. A repetition
-- finds no rows that differ.
drop table if exists claim_changes_now, lost_payments;

create temporary table claim_changes_now on commit drop as
with compared as (
    select
        pairs.was as row_address,
        coalesce(gone.milestone_value, written.milestone_value) as milestone_value,
        gone.person_key as was_person_key,
        gone.driver_id as was_driver_id,
        gone.lead_date as was_lead_date,
        gone.expected_amount as was_amount,
        coalesce(gone.currency, written.currency, ops.default_currency()::text) as was_currency,
        gone.yango_payment_status as was_payment_status,
        written.person_key as is_person_key,
        written.driver_id as is_driver_id,
        written.lead_date as is_lead_date,
        written.expected_amount as is_amount,
        written.currency as is_currency,
        written.yango_payment_status as is_payment_status,
        (gone.driver_id is distinct from written.driver_id) as is_other_account,
        (gone.expected_amount is distinct from written.expected_amount) as is_other_amount,
        case
            when gone.scout_quality_bucket is null then 'APPEARED'
            when written.scout_quality_bucket is null then 'DISAPPEARED'
            else 'CHANGED'
        end as change
    from claim_pairs as pairs
    left join gone_claims as gone on gone.row_address = pairs.was
    left join new_claims as written on written.ctid = pairs.now
)

select
    compared.*,
    case
        when compared.change = 'APPEARED' then 'NEW_CLAIM'
        when compared.change = 'DISAPPEARED' then
            case
                when account.person_key is null then 'LINK_LOST'
                when account.person_key <> person.person_key then 'LINK_MOVED'
                when lead.lead_date is null then 'SOURCE_ROW_GONE'
                when account.is_quarantined then 'ACCOUNT_QUARANTINED'
                when lead.lead_date < compared.was_lead_date then 'EARLIER_LEAD_DATE'
                when lead.lead_date > compared.was_lead_date then 'LATER_LEAD_DATE'
                when not exists (
                    select 1
                    from canon.payment_rules_in_force as rule
                    where
                        rule.rule_scope = 'partner'
                        and rule.origin_tag = 'cabinet'
                        and rule.milestone_trips = compared.milestone_value
                        and rule.currency = compared.was_currency
                        and rule.in_force @> lead.lead_date
                ) then 'RULE_GONE'
                else 'TRIPS_CHANGED'
            end
        when compared.is_lead_date < compared.was_lead_date then 'EARLIER_LEAD_DATE'
        when compared.is_lead_date > compared.was_lead_date then 'LATER_LEAD_DATE'
        when compared.is_other_account then 'ACCOUNT_CHANGED'
        when compared.is_currency <> compared.was_currency then 'CURRENCY_CHANGED'
        when compared.is_other_amount then 'AMOUNT_CHANGED'
    end as reason_code -- NULL: only what is no change, such as the payment or the scout
from compared
left join canon.identity_aliases as alias on alias.person_key = compared.was_person_key
cross join lateral (select coalesce(alias.survivor_key, compared.was_person_key) as person_key) as person
left join lateral (
    select
        link.person_key,
        coalesce(quarantine.status = 'quarantined', false) as is_quarantined
    from canon.identity_links as link
    left join canon.driver_orphan_quarantine as quarantine on quarantine.driver_id = link.source_pk
    where
        compared.change = 'DISAPPEARED' and link.source_table = 'drivers' and link.source_pk = compared.was_driver_id
) as account on true
left join lateral (
    select min(canon.plausible_date(event.event_date)) as lead_date
    from observational.lead_events as event
    where
        compared.change = 'DISAPPEARED'
        and event.person_key = person.person_key
        and event.payload_json ->> 'origin_tag' = 'cabinet'
) as lead on true;

-- rows: lost
create temporary table lost_payments on commit drop as
select
    payment.payment_key,
    gone.row_address,
    gone.driver_id,
    gone.person_key,
    gone.driver_name,
    gone.milestone_value,
    gone.lead_date,
    gone.expected_amount,
    change.was_currency as currency,
    case when change.change = 'DISAPPEARED' then change.reason_code end as reason_code
from gone_claims as gone
inner join claim_changes_now as change on change.row_address = gone.row_address
cross join lateral unnest(coalesce(
    gone.payment_keys,
    case when gone.yango_payment_status = 'PAID' then array_remove(array[gone.payment_key], null) end
)) as payment (payment_key)
left join (
    select unnest(written.payment_keys) as payment_key
    from new_claims as written
) as kept on kept.payment_key = payment.payment_key
where
    kept.payment_key is null
    and exists (select 1 from canon.read_model_refreshes as refreshed where refreshed.read_model = 'claims');

delete from claim_changes_now as change
where
    change.reason_code is null
    or not exists (select 1 from canon.read_model_refreshes as refreshed where refreshed.read_model = 'claims');

-- rows: changes
insert into ops.claim_changes (
    changed_at, run_id, change, reason_code, milestone_value,
    was_person_key, was_driver_id, was_lead_date, was_amount, was_currency, was_payment_status,
    is_person_key, is_driver_id, is_lead_date, is_amount, is_currency, is_payment_status, lost_payment_keys
)
select
    %(moment)s::timestamptz,
    %(run_id)s::integer,
    change.change,
    change.reason_code,
    change.milestone_value,
    change.was_person_key,
    change.was_driver_id,
    change.was_lead_date,
    change.was_amount,
    case when change.change <> 'APPEARED' then change.was_currency end,
    change.was_payment_status,
    change.is_person_key,
    change.is_driver_id,
    change.is_lead_date,
    change.is_amount,
    change.is_currency,
    change.is_payment_status,
    (
        select array_agg(lost.payment_key order by lost.payment_key)
        from lost_payments as lost
        where lost.row_address = change.row_address
    )
from claim_changes_now as change
order by coalesce(change.was_person_key, change.is_person_key), change.milestone_value;

-- what belongs to a claim again
delete from canon.payments_without_claim as open
using (
    select unnest(written.payment_keys) as payment_key
    from new_claims as written
) as again
where again.payment_key = open.payment_key;
