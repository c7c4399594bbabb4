-- The first 14 days of each cabinet driver in money: amounts that the partner owes, paid and still owes. Window and
-- amounts are those of the claims; a milestone without a partner rule has no claim and no amount. Trips of quarantined
-- accounts count for nothing; left out are persons all of whose accounts are.
-- Grain and key: (driver_id, currency): a row for each currency of the partner's rules for that lead; without any
-- rule, one row whose currency is NULL.
create or replace view ops.v_cabinet_financial_14d as
with claims as (
    select
        claim.person_key,
        claim.currency,
        coalesce(max(claim.expected_amount) filter (where claim.milestone_value = 1), 0) as m1,
        coalesce(max(claim.expected_amount) filter (where claim.milestone_value = 5), 0) as m5,
        coalesce(max(claim.expected_amount) filter (where claim.milestone_value = 25), 0) as m25,
        coalesce(bool_or(claim.paid_flag) filter (where claim.milestone_value = 1), false) as is_paid_m1,
        coalesce(bool_or(claim.paid_flag) filter (where claim.milestone_value = 5), false) as is_paid_m5,
        coalesce(bool_or(claim.paid_flag) filter (where claim.milestone_value = 25), false) as is_paid_m25,
        coalesce(bool_or(claim.milestone_value = 1), false) as has_m1,
        coalesce(bool_or(claim.milestone_value = 5), false) as has_m5,
        coalesce(bool_or(claim.milestone_value = 25), false) as has_m25
    -- A database's own claims may lack the currency: there the unqualified name resolves to the NULL of `absent`.
    from (values (null::text)) as absent (currency)
    cross join lateral (
        select
            claimed.person_key,
            claimed.milestone_value,
            claimed.expected_amount,
            claimed.paid_flag,
            currency::text as currency -- noqa: RF02
        from ops.v_claims_payment_status_cabinet as claimed
    ) as claim
    group by claim.person_key, claim.currency
),

rules as materialized (
    select
        rule.currency::text as currency,
        range_agg(rule.in_force) as in_force
    from canon.payment_rules_in_force as rule
    where rule.rule_scope = 'partner' and rule.origin_tag = 'cabinet' and rule.window_days = 14
    group by rule.currency
),

leads as (
    select
        lead.*,
        priced.currency,
        priced.is_first
    from canon.lead_conversions as lead
    left join lateral (
        select
            rules.currency,
            row_number() over (order by rules.currency) = 1 as is_first
        from rules
        where rules.in_force @> lead.lead_date
    ) as priced on true
    where lead.origin_tag = 'cabinet' and not lead.is_quarantined
),

amounts as (
    select
        lead.*,
        coalesce(driver.full_name, nullif(driver.name_parts, ''))::varchar as driver_name,
        coalesce(claims.has_m1, false) as has_m1,
        coalesce(claims.has_m5, false) as has_m5,
        coalesce(claims.has_m25, false) as has_m25,
        coalesce(claims.is_paid_m1, false) as is_paid_m1,
        coalesce(claims.is_paid_m5, false) as is_paid_m5,
        coalesce(claims.is_paid_m25, false) as is_paid_m25,
        coalesce(claims.m1, 0) as m1,
        coalesce(claims.m5, 0) as m5,
        coalesce(claims.m25, 0) as m25,
        case when claims.is_paid_m1 then claims.m1 else 0 end as paid_m1,
        case when claims.is_paid_m5 then claims.m5 else 0 end as paid_m5,
        case when claims.is_paid_m25 then claims.m25 else 0 end as paid_m25
    from leads as lead
    left join claims
        on
            claims.person_key = lead.person_key
            and (claims.currency = lead.currency or (claims.currency is null and lead.is_first is not false))
    left join canon.read_drivers_names() as driver on driver.driver_id = lead.driver_id
)

select
    driver_id,
    lead_date,
    driver_name,
    to_char(lead_date, 'IYYY-"W"IW') as iso_week,
    date_trunc('week', lead_date)::date as week_start,
    first_connection_date is not null as connected_flag,
    first_connection_date as connected_date,
    trips_14d as total_trips_14d,
    trips_14d >= 1 as reached_m1_14d,
    trips_14d >= 5 as reached_m5_14d,
    trips_14d >= 25 as reached_m25_14d,
    m1::numeric(12, 2) as expected_amount_m1,
    m5::numeric(12, 2) as expected_amount_m5,
    m25::numeric(12, 2) as expected_amount_m25,
    (m1 + m5 + m25)::numeric(12, 2) as expected_total_yango,
    has_m1 as claim_m1_exists,
    is_paid_m1 as claim_m1_paid,
    has_m5 as claim_m5_exists,
    is_paid_m5 as claim_m5_paid,
    has_m25 as claim_m25_exists,
    is_paid_m25 as claim_m25_paid,
    paid_m1::numeric as paid_amount_m1,
    paid_m5::numeric as paid_amount_m5,
    paid_m25::numeric as paid_amount_m25,
    (paid_m1 + paid_m5 + paid_m25)::numeric as total_paid_yango,
    (m1 + m5 + m25 - paid_m1 - paid_m5 - paid_m25)::numeric as amount_due_yango,
    currency
from amounts;
