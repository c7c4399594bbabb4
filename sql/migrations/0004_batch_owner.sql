-- Which run the work tables belong to. As volatile as they are: when PostgreSQL recovers from a crash it empties
-- all unlogged tables together, and the row that start_batch wrote is gone with the batch.
create unlogged table if not exists canon.batch_this_run (
    run_id integer primary key,
    started_at timestamptz not null
);
