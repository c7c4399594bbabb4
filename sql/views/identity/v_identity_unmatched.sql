-- Every record that was left without a person: why, with which candidates, and how it ended.
-- Grain and key: (source_table, source_pk). Open and ignored ones are without a link now. Cheap to page through by
-- created_at, event_date or reason_code, one status at a time.
create or replace view ops.v_identity_unmatched as
select
    unmatched.source_table,
    unmatched.source_pk,
    unmatched.reason_code,
    unmatched.status,
    unmatched.details,
    unmatched.candidates_preview,
    unmatched.snapshot_date,
    unmatched.created_at,
    unmatched.resolved_at,
    unmatched.run_id,
    unmatched.event_date
from canon.identity_unmatched as unmatched;
