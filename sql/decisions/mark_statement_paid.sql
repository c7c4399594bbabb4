-- Note that a statement was paid, once: a second time writes nothing.
-- rows: noted
insert into ops.scout_statement_payments (statement_id, paid_on, reference, noted_by, noted_at)
values (%(statement_id)s, %(paid_on)s, %(reference)s, %(noted_by)s, clock_timestamp())
on conflict (statement_id) do nothing;
