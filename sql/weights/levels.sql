-- The weights in force beside those that are shipped, in the order of the list. Key: (comparison, level).
select
    shipped.comparison,
    shipped.level,
    shipped.m as shipped_m,
    shipped.u as shipped_u,
    shipped.household as shipped_household,
    weight.m,
    weight.u,
    weight.household
from canon.shipped_match_weights as shipped
inner join canon.match_weights as weight using (comparison, level);
