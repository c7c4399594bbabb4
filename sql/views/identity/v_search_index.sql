-- Records and driver accounts by what they are searched for. `search_terms` holds the words of the normalised name and
-- the phone number back to front, so that the end of a number is the beginning of a term:
-- search_terms @@ 'RAUL & MARTINEZ', search_terms @@ '1234:*' finds phones that end in 4321. Each key has an index.
-- Grain and key: (source_table, source_pk).
create or replace view ops.v_search_index as
select
    record.source_table::text as source_table,
    record.source_pk::text as source_pk,
    record.name_norm,
    record.phone_norm,
    record.license_norm,
    record.license_number,
    record.plate_norm,
    record.driver_id::text as driver_id,
    -- the expressions are those of the indexes records_index_search and drivers_index_search
    array_to_tsvector(
        array_remove(string_to_array(record.name_norm, ' ') || reverse(record.phone_norm), null)
    ) as search_terms
from canon.records_index as record
union all
select
    'drivers',
    driver.driver_id::text,
    driver.full_name_norm::text,
    driver.phone_norm::text,
    driver.license_norm::text,
    driver.license_number,
    driver.plate_norm::text,
    driver.driver_id::text,
    array_to_tsvector(
        array_remove(string_to_array(driver.full_name_norm::text, ' ') || reverse(driver.phone_norm::text), null)
    )
from canon.drivers_index as driver;
