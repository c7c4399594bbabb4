-- The expectation step for names: pairs of names, and how many records of the same person, of strangers and of
-- relatives have them. Key: (name_a, name_b).
select
    weighed.name_a,
    weighed.name_b,
    sum(weighed.same) as same,
    sum(weighed.stranger) as stranger,
    sum(weighed.relative) as relative
from canon.weighed_names as weighed
group by weighed.name_a, weighed.name_b
order by weighed.name_a, weighed.name_b;
