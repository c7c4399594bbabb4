-- How many days a claim is overdue on a day, and in which bucket that is; without a due date it is not. Source of the
-- buckets: overdue_bucket_yango of the established views.
create or replace function canon.overdue(due timestamp, today date)
returns table (days_overdue_yango integer, overdue_bucket_yango text)
language sql immutable parallel safe rows 1
as $$
    select
        days.overdue,
        case
            when days.overdue = 0 then '0_not_due'
            when days.overdue <= 7 then '1_1_7'
            when days.overdue <= 14 then '2_8_14'
            when days.overdue <= 30 then '3_15_30'
            else '4_30_plus'
        end
    from (select greatest(0, overdue.today - overdue.due::date) as overdue) as days
$$;
