-- The rows that a run wrote are found without reading the tables: what a run did is counted at its end. Block ranges,
-- because they cost next to nothing per row, and of the newest run hold only the blocks that it wrote.
create index records_index_run on canon.records_index using brin (run_id) with (
    pages_per_range = 8, autosummarize = on
);
create index lead_events_created on observational.lead_events using brin (created_at) with (
    pages_per_range = 8, autosummarize = on
);
