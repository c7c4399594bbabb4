-- What refresh_partner_claims changed, into ops.claim_changes: claims that appeared or disappeared, and those with
-- another date, amount, currency or account. A deleted and a written row are one claim when account, milestone and
-- currency are the same, else when person and milestone are. Reads gone_claims and new_claims; %(run_id)s is NULL between
-- two runs. The first refresh of a database changes nothing, it fills. Leaves claim_changes_now and lost_payments: what
-- paid a deleted row and no written one. Grain: one change of one claim; a repetition finds no rows that differ.
drop table if exists claim_changes_now, lost_payments;

create temporary table claim_changes_now on commit drop as
with of_account as (
    select distinct on (gone.row_address)
        gone.row_address as was,
        written.ctid as now
    from gone_claims as gone
    inner join new_claims as written
        on
            written.driver_id = gone.driver_id
            and written.milestone_value = gone.milestone_value
            and written.currency = coalesce(gone.currency, written.currency)
    order by gone.row_address, written.currency
),

others_gone as (
    select
        gone.row_address as was,
        coalesce(gone.person_key::text, gone.driver_id) as person,
        gone.milestone_value,
        row_number() over (
            partition by coalesce(gone.person_key::text, gone.driver_id), gone.milestone_value
            order by gone.currency, gone.driver_id
        ) as place
    from gone_claims as gone
    left join of_account on of_account.was = gone.row_address
    where of_account.was is null
),

others_written as (
    select
        written.ctid as now,
        coalesce(written.person_key::text, written.driver_id) as person,
        written.milestone_value,
        row_number() over (
            partition by coalesce(written.person_key::text, written.driver_id), written.milestone_value
            order by written.currency, written.driver_id
        ) as place
    from new_claims as written
    left join of_account on of_account.now = written.ctid
    where of_account.now is null
),

pairs as (
    select * from of_account
    union all
    select
        others_gone.was,
        others_written.now
    from others_gone
    full join others_written using (person, milestone_value, place)
),

compared as (
    select
        pairs.was as row_address,
        coalesce(gone.milestone_value, written.milestone_value) as milestone_value,
        gone.person_key as was_person_key,
        gone.driver_id as was_driver_id,
        gone.lead_date as was_lead_date,
        gone.expected_amount as was_amount,
        coalesce(gone.currency, written.currency) as was_currency,
        gone.yango_payment_status as was_payment_status,
        written.person_key as is_person_key,
        written.driver_id as is_driver_id,
        written.lead_date as is_lead_date,
        written.expected_amount as is_amount,
        written.currency as is_currency,
        written.yango_payment_status as is_payment_status,
        case
            when gone.scout_quality_bucket is null then 'APPEARED'
            when written.scout_quality_bucket is null then 'DISAPPEARED'
            else 'CHANGED'
        end as change
    from pairs
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
        when compared.is_driver_id is distinct from compared.was_driver_id then 'ACCOUNT_CHANGED'
        when compared.is_currency <> compared.was_currency then 'CURRENCY_CHANGED'
        when compared.is_amount is distinct from compared.was_amount then 'AMOUNT_CHANGED'
    end as reason_code -- NULL: only what is no change, such as the payment or the scout
from compared
left join canon.identity_aliases as alias on alias.person_key = compared.was_person_key
cross join lateral (select coalesce(alias.survivor_key, compared.was_person_key) as person_key) as person
left join lateral (
    select
        link.person_key,
        exists (
            select 1
            from canon.driver_orphan_quarantine as quarantine
            where quarantine.driver_id = link.source_pk and quarantine.status = 'quarantined'
        ) as is_quarantined
    from canon.identity_links as link
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
    coalesce((select run.as_of from ops.run_settings(%(run_id)s::integer) as run), now()),
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
