-- Records that the tried weights decide otherwise than those in force: gained and lost links, links to another person,
-- and links that stand and become contested. One row per kind and record, the likeliest first; a record may be lost and
-- contested. Leaves: changed_outcomes.
-- Grain and key: (kind, source_table, source_pk). Safe to run again: the table is made anew.
drop table if exists pg_temp.changed_outcomes;
create temporary table changed_outcomes on commit drop as
select
    changed.kind,
    case
        when changed.kind = 'lost' then before.match_rule
        when changed.kind = 'contested' then link.match_rule
        else after.match_rule
    end as match_rule,
    after.source_table,
    after.source_pk,
    record.name_norm as record_name,
    before.driver_id as driver_before,
    before.driver_name as name_before,
    before.probability as probability_before,
    after.driver_id as driver_after,
    after.driver_name as name_after,
    after.probability as probability_after
from pg_temp.remembered_outcomes as before
inner join pg_temp.remembered_outcomes as after
    on
        after.source_table = before.source_table
        and after.source_pk = before.source_pk
        and before.weights = 'before'
        and after.weights = 'after'
inner join canon.records_index as record
    on record.source_table = after.source_table and record.source_pk = after.source_pk
left join canon.identity_links as link
    on link.source_table = after.source_table and link.source_pk = after.source_pk
cross join lateral (
    select 'gained' as kind
    where after.is_linked and not before.is_linked
    union all
    select 'lost'
    where before.is_linked and not after.is_linked
    union all
    select 'changed'
    where before.is_linked and after.is_linked and before.account_group <> after.account_group
    union all
    select 'contested'
    where after.is_contested and not before.is_contested
) as changed;
