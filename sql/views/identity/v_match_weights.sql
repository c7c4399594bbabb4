-- The weights in force: for each level of each comparison, how often it is found among records of the same person (m),
-- among records of other people (u) and among those of a relative (household), with their version (0: the shipped ones)
-- and the people that frequencies were counted among (NULL: they were not counted).
-- Grain and key: (comparison, level).
create or replace view ops.v_match_weights as
select
    weight.comparison,
    weight.level,
    weight.m,
    weight.u,
    weight.household,
    coalesce(version.version, 0) as version,
    version.people
from canon.match_weights as weight
left join canon.weights_in_force as version on true;
