-- The outcomes of one batch of open scouting rows, copied in by person_backfill.py and carried out by write_links.sql.
-- Grain and key: source_pk. Leaves: person_backfill_batch.
create temporary table person_backfill_batch (
    source_pk text,
    action_type text,
    person_key uuid,
    match_rule text,
    match_score integer,
    confidence_level text,
    evidence jsonb,
    notes text
) on commit drop;
