-- Links of records and driver accounts to persons, with rule and evidence. `is_of_older_program`: made by an earlier
-- program or by hand.
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
    link.run_id,
    run.parameters is null as is_of_older_program,
    link.match_probability
from canon.identity_links as link
left join ops.ingestion_runs as run on run.id = link.run_id;
