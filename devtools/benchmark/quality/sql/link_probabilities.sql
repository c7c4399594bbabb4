-- Links by rules with the probability that they state, and whether the truth confirms them. Links that rest on no
-- account, human decisions and links without a probability are left out. Grain: one row per link of a record.
select
    link.source_table,
    true as is_link,
    link.match_probability::float8 as probability,
    coalesce(driver.human_id = record.human_id, false) as is_right
from ops.v_identity_links as link
inner join demo.truth_records as record
    on record.source_table = link.source_table and record.source_pk = link.source_pk
left join demo.truth_drivers as driver on driver.driver_id = link.matched_driver_id
where link.match_probability is not null and link.matched_driver_id is not null and link.match_rule <> 'MANUAL';
