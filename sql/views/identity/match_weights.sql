-- The weights in force: those of the newest version that a run has counted, else the shipped ones. How often one person
-- is written with two given names was counted as well (count_given_names); the share before stands for 1,000 records
-- more, so that few records change little.
-- Grain and key: (comparison, level).
create or replace view canon.match_weights as
with in_force as (
    select
        shipped.comparison,
        shipped.level,
        coalesce((version.weights #>> array[shipped.comparison, shipped.level, 'm'])::float8, shipped.m) as m,
        coalesce((version.weights #>> array[shipped.comparison, shipped.level, 'u'])::float8, shipped.u) as u,
        coalesce(
            (version.weights #>> array[shipped.comparison, shipped.level, 'household'])::float8, shipped.household
        ) as household
    from canon.shipped_match_weights as shipped
    left join canon.weights_in_force as version on true
)

select
    in_force.comparison,
    in_force.level,
    case
        when counted.people is null then in_force.m
        else (differing.people + 1000 * in_force.m) / (counted.people + 1000)
    end as m,
    in_force.u,
    in_force.household
from in_force
left join canon.value_frequencies as counted
    on in_force.comparison = 'name' and in_force.level = 'other_given' and counted.kind = 'same_person'
left join canon.value_frequencies as differing
    on in_force.comparison = 'name' and in_force.level = 'other_given' and differing.kind = 'other_given';
