-- The milestones of the deciding leads of %(persons)s by the scouts' rules, for refresh_scout_payments.sql and
-- refresh_conflict_cases.sql: measured once for both. Grain and key: (person_key, origin_tag, rule_id). Repeatable.
-- Leaves measured_milestones.
drop table if exists measured_milestones;

create temporary table measured_milestones on commit drop as
select milestone.*
from canon.lead_milestones as milestone
where
    milestone.person_key = any(%(persons)s::uuid[])
    and milestone.rule_scope = 'scout'
    and milestone.is_deciding_origin;
