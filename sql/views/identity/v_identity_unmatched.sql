-- Records left without a person: reason, candidates and status. OPEN and IGNORED records have no link. Indexed for
-- paging by created_at, event_date or reason_code within one status.
-- Grain and key: (source_table, source_pk).
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
    unmatched.event_date,
    unmatched.match_probability
from canon.identity_unmatched as unmatched;
