-- Same phone, unless too many people carry it.
delete from canon.match_candidates as candidate where candidate.rule = 'R1_PHONE_EXACT';

insert into canon.match_candidates (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
select
    record.source_table,
    record.source_pk,
    'R1_PHONE_EXACT',
    driver.driver_id,
    driver.account_group,
    driver.park_id,
    record.name_norm,
    driver.full_name_norm
from canon.evaluation_batch as batch
inner join canon.records_index as record using (source_table, source_pk)
inner join canon.drivers_index as driver on driver.phone_norm = record.phone_norm
where
    record.event_date is not null
    and not exists (
        select 1 from canon.hot_values as hot where hot.kind = 'phone' and hot.value = record.phone_norm
    );
