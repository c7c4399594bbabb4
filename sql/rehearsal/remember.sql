-- Persons (those of `before`), links with what contests them, unmatched records and ledger at %(moment)s. Into the
-- tables of create_tables.sql.
-- Grain and key: as the tables that are read, per moment. Repeatable after deleting that moment.
insert into pg_temp.rehearsed_persons (person_key)
select person.person_key
from canon.identity_registry as person
where %(moment)s = 'before';

insert into pg_temp.rehearsed_links (
    moment, source_table, source_pk, person_key, match_rule, driver_id, driver_name, reason_code, other_person,
    other_driver_id, other_name
)
select
    %(moment)s,
    coalesce(link.source_table, contested.source_table),
    coalesce(link.source_pk, contested.source_pk),
    link.person_key,
    link.match_rule,
    link.matched_driver_id,
    link.evidence ->> 'driver_name',
    contested.reason_code,
    (contested.candidates -> 0 ->> 'person_key')::uuid,
    contested.candidates -> 0 ->> 'driver_id',
    contested.candidates -> 0 ->> 'driver_name'
from canon.identity_links as link
full join canon.identity_contested as contested
    on contested.source_table = link.source_table and contested.source_pk = link.source_pk;

insert into pg_temp.rehearsed_unmatched (moment, reason_code, records)
select
    %(moment)s,
    unmatched.reason_code,
    count(*)
from canon.identity_unmatched as unmatched
where unmatched.status = 'OPEN'
group by unmatched.reason_code;

insert into pg_temp.rehearsed_ledger (
    moment, person_key, scout_id, attribution_rule, attributed_source, decision_status
)
select
    %(moment)s,
    ledger.person_key,
    ledger.attributed_scout_id,
    ledger.attribution_rule,
    ledger.attributed_source,
    ledger.decision_status::text
from observational.lead_ledger as ledger;

analyze pg_temp.rehearsed_links;
analyze pg_temp.rehearsed_ledger;
