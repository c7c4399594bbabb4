-- Every record and driver account that is this person, with rule and evidence, and what speaks against it.
select
    link.source_table,
    link.source_pk,
    link.match_rule,
    link.match_score,
    link.confidence_level::text as confidence_level,
    link.matched_driver_id,
    link.evidence,
    link.snapshot_date,
    link.linked_at,
    link.run_id,
    link.match_probability,
    contested.since as contested_since,
    contested.reason_code as contested_reason,
    contested.candidates as contested_candidates
from ops.v_identity_links as link
left join ops.v_identity_contested as contested using (source_table, source_pk)
where link.person_key = %(person_key)s::uuid
order by link.snapshot_date, link.source_table, link.source_pk;
