-- The sources in chunks of some hundred rows, each with a digest of its rows' versions: a chunk whose count and digest
-- are what they were has no row that was inserted, updated or deleted since.
-- Grain and key: (source_table, chunk). Rows of a numbered source are neighbours in a chunk, since new rows come at its
-- end; driver accounts, whose ids are words, are dealt out to 4,096 chunks.
create or replace view canon.source_row_chunks as
select
    record.source_table,
    canon.chunk_of_row(record.row_id) as chunk,
    count(*) as row_count,
    bit_xor(hashtextextended(record.row_version::text, record.row_id)) as digest
from canon.source_records as record
group by record.source_table, canon.chunk_of_row(record.row_id)
union all
select
    'drivers',
    canon.chunk_of_account(driver.driver_id),
    count(*),
    bit_xor(hashtextextended(driver.row_version::text, hashtextextended(driver.driver_id, 0)))
from canon.source_drivers as driver
group by canon.chunk_of_account(driver.driver_id);
