-- The weights of the levels of names. Grain and key: level.
select
    weight.level,
    weight.m,
    weight.u,
    weight.household
from canon.match_weights as weight
where weight.comparison = 'name';
