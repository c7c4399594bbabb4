-- Links of records per rule, in the order in which the rules are tried. Grain and key: match_rule.
select
    link.match_rule,
    count(*) as links,
    max(link.match_score) as match_score,
    max(link.confidence_level::text) as confidence_level
from ops.v_identity_links as link
left join canon.match_rules as rule on rule.match_rule = link.match_rule
where link.source_table <> 'drivers'
group by link.match_rule, rule.position
order by rule.position nulls last, link.match_rule;
