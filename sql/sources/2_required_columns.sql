-- Stop migrate_schema, before any change, if source tables lack columns that the pipeline reads. SQLSTATE CT001; the
-- detail lists each missing one as schema.table.column, separated by ", ". Columns not listed here (updated_at of most
-- tables, driver_id and person_key of payments) are optional: they are read from the row as JSON or not at all.
do $$
declare
    missing_columns text;
begin
    select string_agg(format('public.%s.%s', required.table_name, columns.column_name), ', '
                      order by required.ordinality, columns.ordinality)
    into missing_columns
    from rows from (unnest(array[
        'module_ct_cabinet_leads',
        'module_ct_scouting_daily',
        'module_ct_migrations',
        'drivers',
        'summary_daily',
        'module_ct_scouts_list',
        'module_ct_cabinet_payments',
        'module_ct_scout_drivers'
    ], array[
        'id external_id park_phone asset_plate_number asset_model first_name middle_name last_name lead_created_at',
        'id scout_id driver_name driver_phone driver_license registration_date acquisition_method created_at',
        'id driver_id driver_name scout_id scout_name hire_date created_at',
        'driver_id park_id phone license_number license_normalized_number full_name first_name middle_name last_name '
        'car_number car_normalized_number car_brand car_model hire_date created_at updated_at',
        'driver_id date_file count_orders_completed sum_work_time_seconds created_at',
        'scout_id raw_name name is_active',
        'id date time scout_id driver trip_1 trip_5 trip_25 created_at',
        'created_at updated_at'
    ])) with ordinality as required (table_name, column_names, ordinality),
        string_to_table(required.column_names, ' ') with ordinality as columns (column_name, ordinality)
    where not exists (
        select from pg_attribute as existing
        where existing.attrelid = to_regclass('public.' || required.table_name)
          and existing.attname = columns.column_name
          and existing.attnum > 0
          and not existing.attisdropped
    );

    if missing_columns is not null then
        raise exception using
            errcode = 'CT001',
            message = 'source tables lack required columns: ' || missing_columns,
            detail = missing_columns,
            hint = 'add the columns to the source tables (they may be empty) and run migrate_schema again';
    end if;
end
$$;
