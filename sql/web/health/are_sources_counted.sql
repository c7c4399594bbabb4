-- Whether large sources have been counted: by a health check, which counts from then on what was added, or no run has
-- read a source of more than 100,000 rows. One row.
select
    exists (select 1 from ops.v_check_results as found where split_part(found.check_name, '.', 1) = 'source')
    or not exists (
        select 1
        from ops.v_ingestion_runs as run
        cross join lateral jsonb_each_text(
            case when jsonb_typeof(run.summary -> 'records_read') = 'object' then run.summary -> 'records_read' end
        ) as source (name, records)
        where source.records::bigint > 100000
    ) as are_counted;
