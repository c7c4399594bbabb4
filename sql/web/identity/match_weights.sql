-- The weights that explaining a probability needs: those of names, and of how few of all people one is. Grain: a level.
select
    weight.comparison,
    weight.level,
    weight.m,
    weight.u,
    weight.household,
    weight.people
from ops.v_match_weights as weight
where weight.comparison in ('name', 'prior');
