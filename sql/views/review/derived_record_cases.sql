-- Records that wait for a human, derived when read: record without a person, contested record, overwritten record.
-- Columns as of canon.derived_review_cases. Reads no source of trips or payments, so that ingestion can derive them
-- whatever happens to those. Grain and key: (case_kind, case_key).
create or replace view canon.derived_record_cases as
select unmatched.*
from canon.derived_unmatched_cases as unmatched
union all
select contested.*
from canon.derived_contested_cases as contested;
