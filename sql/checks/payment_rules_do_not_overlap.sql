-- Two rules of one payee, origin and milestone that are in force on one day, in whatever windows and currencies: only
-- the one that began last pays per currency, and nobody may have meant that. A later rule of the same window and
-- currency, which is how an amount is raised, ends the earlier one for as long as it runs.
with rules as (
    select
        'scout' as rule_scope,
        scout_rule.id,
        scout_rule.origin_tag,
        scout_rule.milestone_trips,
        scout_rule.window_days,
        scout_rule.currency,
        scout_rule.valid_from,
        daterange(scout_rule.valid_from, scout_rule.valid_to, '[]') as days
    from ops.scout_payment_rules as scout_rule
    where scout_rule.is_active
    union all
    select
        'partner',
        partner_rule.id,
        partner_rule.origin_tag,
        partner_rule.milestone_trips,
        partner_rule.window_days,
        partner_rule.currency,
        partner_rule.valid_from,
        daterange(partner_rule.valid_from, partner_rule.valid_to, '[]')
    from ops.partner_payment_rules as partner_rule
    where partner_rule.is_active
),

unraised as (
    select
        rule.*,
        datemultirange(rule.days) - coalesce(
            (
                select range_agg(raised.days)
                from rules as raised
                where
                    raised.rule_scope = rule.rule_scope
                    and raised.origin_tag = rule.origin_tag
                    and raised.milestone_trips = rule.milestone_trips
                    and raised.window_days = rule.window_days
                    and raised.currency = rule.currency
                    and raised.valid_from > rule.valid_from
            ),
            '{}'::datemultirange
        ) as days_left
    from rules as rule
)

select
    one.rule_scope,
    one.origin_tag,
    one.milestone_trips,
    one.id as rule_id,
    one.window_days,
    one.currency,
    other.id as other_rule_id,
    other.window_days as other_window_days,
    other.currency as other_currency,
    (one.days_left * other.days_left)::text as days_in_force
from unraised as one
inner join unraised as other
    on
        other.rule_scope = one.rule_scope
        and other.origin_tag = one.origin_tag
        and other.milestone_trips = one.milestone_trips
        and other.id > one.id
where one.days_left && other.days_left
