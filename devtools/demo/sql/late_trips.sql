-- A file that comes late: five trips on one day of a driver whose first trip is paid in the closed period from
-- %(period_start)s to %(period_end)s, and whose fifth is not due yet; with them it was due in that period, too.
-- Grain: one row, or none.
with chosen as (
    select
        due.person_key,
        due.driver_id,
        due.achieved_date + 1 as trip_date
    from canon.scout_payment_milestones as due
    where
        due.milestone_trips = 1
        and due.origin_tag = 'cabinet'
        and due.achieved_date < due.lead_date + 6
        and due.payable_date >= %(period_start)s
        and due.payable_date < %(period_end)s
        and not exists (
            select 1
            from canon.scout_payment_milestones as further
            where further.person_key = due.person_key and further.milestone_trips > 1
        )
        and not exists (
            select 1
            from canon.source_daily_trips as daily
            where daily.driver_id = due.driver_id and daily.trip_date = due.achieved_date + 1
        )
    order by due.payable_date, due.driver_id
    limit 1
),

arrived as (
    insert into public.summary_daily (
        driver_id, date_file, count_orders_completed, sum_work_time_seconds, created_at
    )
    select
        chosen.driver_id,
        to_char(chosen.trip_date, 'DD-MM-YYYY'),
        5,
        3600,
        now() at time zone %(timezone)s
    from chosen
)

select
    chosen.person_key::text as person_key,
    chosen.driver_id,
    chosen.trip_date
from chosen;
