-- The weights in force as bits, in one row, so that they are looked up once per statement. Where u depends on a value,
-- `…_equal` holds what does not; `people` is the number of people that shares refer to: at least 10,000, because a
-- smaller fleet is a sample.
create or replace view canon.match_weight_bits as
with bits as (
    select
        weight.comparison || '_' || weight.level as name,
        weight.m,
        weight.u,
        weight.household,
        ln(weight.m / weight.u) / ln(2::float8) as bits,
        case when weight.household > 0 then ln(weight.household / weight.u) / ln(2::float8) else 0 end
            as household_bits
    from canon.match_weights as weight
),

people as (
    select coalesce((select version.people from canon.weights_in_force as version), 10000)::float8 as people
)

select
    people.people,
    coalesce((select version.version from canon.weights_in_force as version), 0) as version,
    (select count(version.people) > 0 from canon.weights_in_force as version) as has_counts,
    ln(people.people) / ln(2::float8) as people_bits,
    max(bits.m) filter (where bits.name = 'prior_record') as share_with_driver,
    ln(max(bits.m) filter (where bits.name = 'prior_record')) / ln(2::float8)
    - ln(people.people) / ln(2::float8) as prior_bits,
    max(bits.household) filter (where bits.name = 'prior_record') / people.people as share_of_relatives,
    max(bits.bits) filter (where bits.name = 'driver_equal') as driver_equal,
    max(bits.bits) filter (where bits.name = 'driver_differs') as driver_differs,
    max(bits.bits) filter (where bits.name = 'phone_equal') as phone_equal,
    max(bits.household_bits) filter (where bits.name = 'phone_equal') as phone_equal_household,
    max(bits.bits) filter (where bits.name = 'phone_one_off') as phone_one_off,
    max(bits.bits) filter (where bits.name = 'phone_differs') as phone_differs,
    max(bits.bits) filter (where bits.name = 'license_equal') as license_equal,
    max(bits.bits) filter (where bits.name = 'license_number') as license_number,
    max(bits.bits) filter (where bits.name = 'license_one_off') as license_one_off,
    max(bits.bits) filter (where bits.name = 'license_differs') as license_differs,
    max(bits.bits) filter (where bits.name = 'plate_equal') as plate_equal,
    max(bits.household_bits) filter (where bits.name = 'plate_equal') as plate_equal_household,
    max(bits.bits) filter (where bits.name = 'plate_one_off') as plate_one_off,
    max(bits.bits) filter (where bits.name = 'plate_differs') as plate_differs,
    max(bits.bits) filter (where bits.name = 'plate_differs_too') as plate_differs_too,
    max(bits.bits) filter (where bits.name = 'car_equal') as car_equal,
    max(bits.bits) filter (where bits.name = 'car_differs') as car_differs,
    max(bits.bits) filter (where bits.name = 'car_equal_other_plate') as car_equal_other_plate,
    max(bits.bits) filter (where bits.name = 'car_differs_other_plate') as car_differs_other_plate,
    max(bits.bits) filter (where bits.name = 'name_missing') as name_missing,
    max(bits.bits) filter (where bits.name = 'hired_close') as hired_close,
    max(bits.bits) filter (where bits.name = 'hired_near') as hired_near,
    max(bits.bits) filter (where bits.name = 'hired_far') as hired_far,
    max(bits.bits) filter (where bits.name = 'park_target') as park_target,
    max(bits.bits) filter (where bits.name = 'park_other') as park_other
from bits
cross join people
group by people.people;
