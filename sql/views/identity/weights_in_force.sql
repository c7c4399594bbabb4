-- The newest version of the weights that a run has counted; no row: the shipped weights and frequencies hold.
create or replace view canon.weights_in_force as
select
    counted.version,
    counted.weights,
    counted.people,
    counted.run_id
from canon.weights_versions as counted
where counted.run_id is not null
order by counted.version desc
limit 1;
