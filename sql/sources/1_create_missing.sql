-- Create missing source tables, empty, so that all SQL can be static. Source tables belong to other systems; existing
-- ones are never altered. First file of migrate_schema. Safe to run again.
do $$
begin
    if to_regclass('public.module_ct_cabinet_leads') is null then
        create table public.module_ct_cabinet_leads (
            id serial primary key,
            external_id varchar,
            activation_city varchar,
            active_1 boolean,
            active_5 boolean,
            active_10 boolean,
            active_15 boolean,
            active_25 boolean,
            active_50 boolean,
            active_100 boolean,
            asset_color varchar,
            asset_model varchar,
            asset_plate_number varchar,
            last_name varchar,
            first_name varchar,
            middle_name varchar,
            last_active_date date,
            lead_created_at timestamp,
            park_name varchar,
            park_phone varchar,
            status varchar,
            tariff varchar,
            target_city varchar,
            created_at timestamp default now()
        );
        create unique index on public.module_ct_cabinet_leads (external_id) where external_id is not null;
        create index on public.module_ct_cabinet_leads (lead_created_at);
        create index on public.module_ct_cabinet_leads (park_phone) where park_phone is not null;
    end if;

    if to_regclass('public.module_ct_scouting_daily') is null then
        create table public.module_ct_scouting_daily (
            id bigint primary key,
            scout_id integer,
            driver_name varchar,
            driver_phone varchar,
            driver_license varchar,
            registration_date date,
            acquisition_method varchar,
            created_at timestamp default now(),
            updated_at timestamp
        );
    end if;

    if to_regclass('public.module_ct_migrations') is null then
        create table public.module_ct_migrations (
            id bigint primary key,
            driver_id varchar,
            driver_name varchar,
            scout_id integer,
            scout_name varchar,
            hire_date date,
            created_at timestamp default now(),
            updated_at timestamp
        );
    end if;

    if to_regclass('public.drivers') is null then
        create table public.drivers (
            driver_id varchar primary key,
            park_id varchar,
            phone varchar,
            license_number varchar,
            license_normalized_number varchar,
            full_name varchar,
            first_name varchar,
            middle_name varchar,
            last_name varchar,
            car_number varchar,
            car_normalized_number varchar,
            car_brand varchar,
            car_model varchar,
            hire_date date,
            created_at timestamp,
            updated_at timestamp,
            current_status varchar
        );
    end if;

    if to_regclass('public.summary_daily') is null then
        create table public.summary_daily (
            driver_id varchar,
            date_file varchar,
            count_orders_completed integer,
            sum_work_time_seconds bigint,
            created_at timestamp default now()
        );
        create index on public.summary_daily (driver_id);
    end if;

    if to_regclass('public.module_ct_scouts_list') is null then
        create table public.module_ct_scouts_list (
            id serial primary key,
            scout_id integer,
            name varchar,
            raw_name varchar,
            is_active boolean,
            created_at timestamp default now(),
            updated_at timestamp
        );
    end if;

    if to_regclass('public.module_ct_cabinet_payments') is null then
        create table public.module_ct_cabinet_payments (
            id serial primary key,
            date date,
            time time,
            scout_id integer,
            driver varchar,
            trip_1 boolean,
            trip_5 boolean,
            trip_25 boolean,
            created_at timestamp default now(),
            updated_at timestamp,
            driver_id varchar,
            person_key uuid
        );
        create index on public.module_ct_cabinet_payments (driver_id) where driver_id is not null;
        create index on public.module_ct_cabinet_payments (person_key) where person_key is not null;
    end if;

    if to_regclass('public.module_ct_scout_drivers') is null then
        create table public.module_ct_scout_drivers (
            id serial primary key,
            scout_id integer,
            driver_id varchar,
            created_at timestamp default now(),
            updated_at timestamp
        );
    end if;
end
$$;
