-- A person whose claims or first 14 days, as runs keep them, say otherwise about money than the views that derive them.
-- identity_ingestion with incremental = false brings them right.
select
    difference.person_key,
    difference.driver_id,
    difference.kept,
    difference.derived
from ops.v_kept_claim_differences as difference;
