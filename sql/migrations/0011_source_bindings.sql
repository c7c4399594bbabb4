-- Which table stood behind the name of each source when a run last looked (seen_identity), and when a run last read all
-- of it (read_identity); see canon.source_identity. NULL: none did since there is this list.
create table if not exists canon.source_bindings (
    table_name text primary key,
    seen_identity text not null,
    seen_at timestamptz not null,
    read_identity text,
    read_at timestamptz
);

-- Why a source could not be counted at the last health check, with its SQLSTATE; NULL: it could.
alter table ops.source_counts
add column if not exists problem text,
add column if not exists problem_code text;

-- Each source has a view of its own now (canon.arrivals_query): one that cannot be read does not hide the others.
drop view if exists canon.source_arrivals;

-- What a view shows of a source has types of its own now; those that it had are the source's.
do $$
begin
    if exists (
        select from pg_attribute as shown
        where
            shown.attrelid = any(array[
                to_regclass('canon.records_of_module_ct_cabinet_leads'),
                to_regclass('canon.records_of_module_ct_migrations'),
                to_regclass('canon.records_of_module_ct_scouting_daily')
            ]::oid[])
            and (shown.attname, shown.atttypid) in (
                ('event_date', 'timestamp'::regtype), ('event_date', 'timestamptz'::regtype),
                ('event_date', 'text'::regtype), ('event_date', 'varchar'::regtype),
                ('recorded_at', 'timestamptz'::regtype), ('recorded_at', 'date'::regtype),
                ('recorded_at', 'text'::regtype), ('recorded_at', 'varchar'::regtype),
                ('scout_id', 'bigint'::regtype), ('scout_id', 'text'::regtype), ('scout_id', 'varchar'::regtype),
                ('scout_id', 'numeric'::regtype), ('scout_id', 'float8'::regtype), ('source_pk', 'text'::regtype)
            )
    ) then
        drop view if exists
        canon.source_row_chunks, canon.source_records, canon.records_of_module_ct_cabinet_leads,
        canon.records_of_module_ct_migrations, canon.records_of_module_ct_scouting_daily;
    end if;
end
$$;
