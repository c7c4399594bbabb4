-- Every link: which record or driver account is which person, by which rule and on what evidence.
-- Grain and key: (source_table, source_pk).
create or replace view ops.v_identity_links as
select
    link.source_table,
    link.source_pk,
    link.person_key,
    link.match_rule,
    link.match_score,
    link.confidence_level,
    link.matched_driver_id,
    link.evidence,
    link.snapshot_date,
    link.linked_at,
    link.run_id
from canon.identity_links as link;
