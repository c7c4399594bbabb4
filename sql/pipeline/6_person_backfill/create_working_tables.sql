-- Where the outcomes of a batch of open scouting rows are put before write_link_backfill carries them out.
create temporary table person_backfill (
    source_pk text,
    action_type text,
    person_key uuid,
    match_rule text,
    match_score integer,
    confidence_level text,
    evidence jsonb,
    notes text
) on commit drop;
