-- Two rules of one payee, origin and milestone that are in force on one day, whatever their windows and currencies. A
-- later rule of the same window and currency, which is how an amount is raised, ends the earlier one while it runs.
-- Of one currency only the rule that began last pays; of two currencies both do. Nobody may have meant either.
-- Grain and key: (rule_scope, rule_id, other_rule_id); rule_id is the lower one.
create or replace view ops.v_payment_rule_overlaps as
with rules as (
    select
        rule.*,
        datemultirange(daterange(rule.valid_from, rule.valid_to, '[]')) - coalesce(
            (
                select range_agg(daterange(raised.valid_from, raised.valid_to, '[]'))
                from ops.v_payment_rules as raised
                where
                    raised.rule_scope = rule.rule_scope
                    and raised.origin_tag = rule.origin_tag
                    and raised.milestone_trips = rule.milestone_trips
                    and raised.window_days = rule.window_days
                    and raised.currency = rule.currency
                    and raised.valid_from > rule.valid_from
            ),
            '{}'::datemultirange
        ) as days
    from ops.v_payment_rules as rule
)

select
    one.rule_scope,
    one.origin_tag,
    one.milestone_trips,
    one.rule_id,
    one.window_days,
    one.currency,
    one.amount,
    other.rule_id as other_rule_id,
    other.window_days as other_window_days,
    other.currency as other_currency,
    other.amount as other_amount,
    (one.days * other.days)::text as days_in_force
from rules as one
inner join rules as other
    on
        other.rule_scope = one.rule_scope
        and other.origin_tag = one.origin_tag
        and other.milestone_trips = one.milestone_trips
        and other.rule_id > one.rule_id
where one.days && other.days;
