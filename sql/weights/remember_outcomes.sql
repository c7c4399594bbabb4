-- Remember what the weights in force, or those that are tried, decide about each record of the batch, and whether its
-- link is contested. Only in a transaction that is rolled back. Leaves: remembered_outcomes.
-- Grain and key: (weights, source_table, source_pk). Safe to run again: what was remembered is replaced.
create temporary table if not exists remembered_outcomes (
    weights text not null,
    source_table varchar not null,
    source_pk varchar not null,
    match_rule text,
    account_group varchar,
    driver_id varchar,
    driver_name text,
    probability double precision,
    is_linked boolean not null,
    is_contested boolean not null
) on commit drop;

delete from pg_temp.remembered_outcomes as outcome where outcome.weights = %(weights)s;

insert into pg_temp.remembered_outcomes
select
    %(weights)s,
    decision.source_table,
    decision.source_pk,
    decision.match_rule,
    decision.account_group,
    decision.driver_id,
    coalesce(decision.evidence ->> 'driver_name', decision.candidates -> 0 ->> 'driver_name'),
    decision.match_probability,
    decision.reason_code is null,
    contested.source_pk is not null
from canon.rule_outcomes as decision
left join canon.identity_contested as contested using (source_table, source_pk);

analyze pg_temp.remembered_outcomes;
