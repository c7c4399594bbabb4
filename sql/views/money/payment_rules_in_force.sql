-- Active payment rules and the days on which each is in force: what scouts earn and what the partner owes.
-- Grain and key: (rule_scope, rule_id); scout and partner rules have ids of their own and are never compared.
-- Of several rules for one milestone and window, the one that began last is in force, for as long as it runs: raising
-- an amount by a new rule does not pay twice, and after a promotion the older rule holds again.
create or replace view canon.payment_rules_in_force as
with rules as (
    select
        'scout'::text as rule_scope,
        id,
        origin_tag,
        milestone_trips,
        window_days,
        currency,
        amount,
        valid_from,
        valid_to
    from ops.scout_payment_rules
    where is_active
    union all
    select
        'partner',
        id,
        origin_tag,
        milestone_trips,
        window_days,
        currency,
        amount,
        valid_from,
        valid_to
    from ops.partner_payment_rules
    where is_active
)

select
    rule.rule_scope,
    rule.id as rule_id,
    rule.origin_tag::text as origin_tag,
    rule.milestone_trips,
    rule.window_days,
    rule.currency,
    rule.amount,
    rule.valid_from,
    rule.valid_to,
    datemultirange(daterange(rule.valid_from, rule.valid_to, '[]')) - coalesce(
        (
            select range_agg(daterange(newer.valid_from, newer.valid_to, '[]'))
            from rules as newer
            where
                newer.rule_scope = rule.rule_scope
                and newer.origin_tag = rule.origin_tag
                and newer.window_days = rule.window_days
                and newer.milestone_trips = rule.milestone_trips
                and newer.valid_from > rule.valid_from
        ),
        '{}'::datemultirange
    ) as in_force
from rules as rule;
