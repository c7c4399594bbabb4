-- The rules by which records are linked to persons (ops.v_identity_links), with the score and confidence of those that
-- weigh evidence; rule_position is their order. Grain and key: match_rule.
create or replace view ops.dim_match_rules as
select
    label.code as match_rule,
    label.label_es,
    label.label_en,
    rule.position as rule_position,
    rule.match_score,
    rule.confidence_level::text as confidence_level
from canon.labels as label
left join canon.match_rules as rule on rule.match_rule = label.code
where label.code_group = 'rule';
