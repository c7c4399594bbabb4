-- A link by one of our rules whose evidence does not name that rule. Links of older programs are excluded, which used
-- some of the same names.
-- Key: source_table, source_pk.
select
    link.source_table,
    link.source_pk,
    link.match_rule
from ops.v_identity_links as link
where
    not link.is_of_older_program
    and link.match_rule in (select rule.match_rule from canon.match_rules as rule)
    and link.evidence ->> 'rule' is distinct from link.match_rule;
