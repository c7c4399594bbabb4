-- Record a closed liquidation period and return its number. One row.
insert into ops.liquidation_periods (period_start, period_end, reason, closed_by, closed_at)
values (%(period_start)s, %(period_end)s, %(reason)s, %(decided_by)s, %(decided_at)s)
returning id as period_id;
