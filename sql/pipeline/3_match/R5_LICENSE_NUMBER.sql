-- Candidates whose licence holds the same document number in another notation: the bare number, another letter, a zero
-- that a spreadsheet dropped. Licences that are shared values are no evidence.
-- Grain: one candidate account per record. Safe to run again: the candidates of this rule are deleted first.
delete from canon.candidates_this_run as candidate where candidate.rule = 'R5_LICENSE_NUMBER';

insert into canon.candidates_this_run (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
select
    record.source_table,
    record.source_pk,
    'R5_LICENSE_NUMBER',
    driver.driver_id,
    driver.account_group,
    driver.park_id,
    record.name_norm,
    driver.full_name_norm
from canon.records_this_run as batch
inner join canon.records_index as record using (source_table, source_pk)
inner join canon.drivers_index as driver on driver.license_number = record.license_number
where
    record.event_date is not null
    and driver.license_norm <> record.license_norm
    and not exists (
        select 1 from canon.shared_values as shared
        where shared.kind = 'license' and shared.value in (record.license_norm, driver.license_norm)
    );
