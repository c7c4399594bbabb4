-- How many persons a decision removed. One row.
select count(*) as persons from pg_temp.removed_persons_this_step;
