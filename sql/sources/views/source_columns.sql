-- The columns of the source tables that are read, and what each is read as (canon.as_text and its like; a key is read
-- by canon.as_row_id). One that is not required may be missing: it is NULL then.
-- Grain and key: (table_name, column_name).
create or replace view canon.source_columns as
select
    required.table_name,
    columns.column_name,
    required.reads_as,
    required.is_required,
    1000 * required.position + columns.position as place
from unnest(array[
    'module_ct_cabinet_leads|key|id',
    'module_ct_cabinet_leads|text|external_id park_phone asset_plate_number asset_model first_name middle_name',
    'module_ct_cabinet_leads|text|last_name',
    'module_ct_cabinet_leads|time|lead_created_at',
    'module_ct_cabinet_leads|time|?created_at',
    'module_ct_scouting_daily|key|id',
    'module_ct_scouting_daily|number|scout_id',
    'module_ct_scouting_daily|text|driver_name driver_phone driver_license acquisition_method',
    'module_ct_scouting_daily|time|registration_date created_at',
    'module_ct_migrations|key|id',
    'module_ct_migrations|text|driver_id driver_name scout_name',
    'module_ct_migrations|number|scout_id',
    'module_ct_migrations|time|hire_date created_at',
    'drivers|text|driver_id park_id phone license_number license_normalized_number full_name first_name middle_name',
    'drivers|text|last_name car_number car_normalized_number car_brand car_model',
    'drivers|time|hire_date created_at updated_at',
    'summary_daily|text|driver_id',
    'summary_daily|time|date_file',
    'summary_daily|number|count_orders_completed',
    'summary_daily|seconds|sum_work_time_seconds',
    'summary_daily|time|created_at',
    'module_ct_scouts_list|number|scout_id',
    'module_ct_scouts_list|text|raw_name name',
    'module_ct_scouts_list|flag|is_active',
    'module_ct_scouts_list|time|?created_at updated_at',
    'module_ct_cabinet_payments|number|id',
    'module_ct_cabinet_payments|time|date',
    'module_ct_cabinet_payments|clock|time',
    'module_ct_cabinet_payments|number|scout_id',
    'module_ct_cabinet_payments|text|driver',
    'module_ct_cabinet_payments|flag|trip_1 trip_5 trip_25',
    'module_ct_cabinet_payments|time|created_at',
    'module_ct_cabinet_payments|text|?driver_id',
    'module_ct_cabinet_payments|uuid|?person_key',
    'module_ct_scout_drivers|time|created_at updated_at'
]) with ordinality as written (line, position)
cross join lateral (
    select
        split_part(written.line, '|', 1) as table_name,
        split_part(written.line, '|', 2) as reads_as,
        split_part(written.line, '|', 3) !~ '^\?' as is_required,
        ltrim(split_part(written.line, '|', 3), '?') as column_names,
        written.position
) as required
cross join lateral string_to_table(required.column_names, ' ') with ordinality as columns (column_name, position);
