-- Candidates with the same plate, hired outside the window of R3 or without a hire date. The names must agree
-- (canon.match_rules).
-- Grain: one candidate account per record. Safe to run again: the candidates of this rule are deleted first.
delete from canon.candidates_this_run as candidate where candidate.rule = 'R3B_PLATE_NAME_NO_DATE';

insert into canon.candidates_this_run (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
select
    record.source_table,
    record.source_pk,
    'R3B_PLATE_NAME_NO_DATE',
    driver.driver_id,
    driver.account_group,
    driver.park_id,
    record.name_norm,
    driver.full_name_norm
from canon.records_this_run as batch
inner join canon.records_index as record using (source_table, source_pk)
inner join canon.drivers_index as driver on driver.plate_norm = record.plate_norm
where
    record.event_date is not null
    and (driver.hire_date between record.event_date - 90 and record.event_date + 30) is not true
    and not exists (
        select 1 from canon.shared_values as shared where shared.kind = 'plate' and shared.value = record.plate_norm
    );
