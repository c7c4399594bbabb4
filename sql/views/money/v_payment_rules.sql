-- Active payment rules of both payees: what scouts earn and what the partner owes.
-- Grain and key: (rule_scope, rule_id); scout and partner rules have ids of their own.
create or replace view ops.v_payment_rules as
select
    'scout'::text as rule_scope,
    scout_rule.id as rule_id,
    scout_rule.origin_tag::text as origin_tag,
    scout_rule.milestone_trips,
    scout_rule.window_days,
    scout_rule.currency,
    scout_rule.amount,
    scout_rule.valid_from,
    scout_rule.valid_to
from ops.scout_payment_rules as scout_rule
where scout_rule.is_active
union all
select
    'partner',
    partner_rule.id,
    partner_rule.origin_tag::text,
    partner_rule.milestone_trips,
    partner_rule.window_days,
    partner_rule.currency,
    partner_rule.amount,
    partner_rule.valid_from,
    partner_rule.valid_to
from ops.partner_payment_rules as partner_rule
where partner_rule.is_active;
