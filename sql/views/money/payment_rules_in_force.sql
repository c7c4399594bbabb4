-- Active payment rules and the days on which each is in force: what scouts earn and what the partner owes.
-- Grain and key: (rule_scope, rule_id); scout and partner rules have ids of their own and are never compared.
-- Of several rules for one payee, origin, milestone and currency, whatever their windows, the one that began last (then
-- the higher id) is in force, for as long as it runs: raising an amount by a new rule does not pay twice, and after a
-- promotion the older rule holds again. A rule in another currency stays in force beside it.
create or replace view canon.payment_rules_in_force as
select
    rule.rule_scope,
    rule.rule_id,
    rule.origin_tag,
    rule.milestone_trips,
    rule.window_days,
    rule.currency,
    rule.amount,
    rule.valid_from,
    rule.valid_to,
    datemultirange(daterange(rule.valid_from, rule.valid_to, '[]')) - coalesce(
        (
            select range_agg(daterange(newer.valid_from, newer.valid_to, '[]'))
            from ops.v_payment_rules as newer
            where
                newer.rule_scope = rule.rule_scope
                and newer.origin_tag = rule.origin_tag
                and newer.milestone_trips = rule.milestone_trips
                and newer.currency = rule.currency
                and (newer.valid_from, newer.rule_id) > (rule.valid_from, rule.rule_id)
        ),
        '{}'::datemultirange
    ) as in_force
from ops.v_payment_rules as rule;
