-- Overwritten rows that wait for a human (canon.replaced_records), with whoever carries the phone, licence or driver_id
-- that the row says now.
-- Grain and key: (source_table, source_pk).
create or replace view canon.replaced_record_candidates as
select
    held.source_table,
    held.source_pk,
    coalesce(candidates.found, '[]') as candidates
from canon.replaced_records as held
cross join lateral (
    select
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'driver_id', carrier.driver_id, 'person_key', link.person_key, 'rule', carrier.match_rule,
                'score', rule.match_score, 'driver_name', carrier.full_name_norm, 'park_id', carrier.park_id
            )) order by rule.match_score desc, carrier.driver_id
        ) as found
    from (
        select distinct on (account.driver_id) account.*
        from (
            select 'DRIVER_DIRECT' as match_rule, driver.driver_id, driver.full_name_norm, driver.park_id
            from canon.drivers_index as driver
            where driver.driver_id = held.driver_id
            union all
            select 'R1_PHONE_EXACT', driver.driver_id, driver.full_name_norm, driver.park_id
            from canon.drivers_index as driver
            where driver.phone_norm = held.phone_norm
            union all
            select 'R2_LICENSE_EXACT', driver.driver_id, driver.full_name_norm, driver.park_id
            from canon.drivers_index as driver
            where driver.license_norm = held.license_norm
        ) as account
        order by account.driver_id, account.match_rule
    ) as carrier
    inner join canon.match_rules as rule on rule.match_rule = carrier.match_rule
    left join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = carrier.driver_id
) as candidates;
