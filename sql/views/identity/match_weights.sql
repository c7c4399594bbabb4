-- The weights in force: those of the newest version that a run has counted, else the shipped ones.
-- Grain and key: (comparison, level).
create or replace view canon.match_weights as
select
    shipped.comparison,
    shipped.level,
    coalesce((version.weights #>> array[shipped.comparison, shipped.level, 'm'])::float8, shipped.m) as m,
    coalesce((version.weights #>> array[shipped.comparison, shipped.level, 'u'])::float8, shipped.u) as u,
    coalesce(
        (version.weights #>> array[shipped.comparison, shipped.level, 'household'])::float8, shipped.household
    ) as household
from canon.shipped_match_weights as shipped
left join canon.weights_in_force as version on true;
