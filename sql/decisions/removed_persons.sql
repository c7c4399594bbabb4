-- Number of persons that a decision deleted. One row. Reads: removed_persons_this_step.
select count(*) as persons from pg_temp.removed_persons_this_step;
