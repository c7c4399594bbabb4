-- The sources in small chunks, each with a digest of its row versions: a chunk with unchanged count and digest has no
-- inserted, updated or deleted row. Rows with numeric ids are chunked by range, since new rows come at the end; driver
-- accounts are hashed into 16,384 chunks. A thousand rows that changed anywhere are in nearly as many chunks, and all
-- rows of these are compared: with 16 rows in a chunk, less than one in fifty of a million.
-- Grain and key: (source_table, chunk).
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
