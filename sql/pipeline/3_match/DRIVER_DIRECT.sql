-- Candidates whose driver_id the record names itself.
-- Grain: one candidate account per record. Safe to run again: the candidates of this rule are deleted first.
delete from canon.candidates_this_run as candidate where candidate.rule = 'DRIVER_DIRECT';

insert into canon.candidates_this_run (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
select
    record.source_table,
    record.source_pk,
    'DRIVER_DIRECT',
    driver.driver_id,
    driver.account_group,
    driver.park_id,
    record.name_norm,
    driver.full_name_norm
from canon.records_this_run as batch
inner join canon.records_index as record using (source_table, source_pk)
inner join canon.drivers_index as driver on driver.driver_id = record.driver_id
where
    record.event_date is not null;
