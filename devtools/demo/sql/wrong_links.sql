-- Links by rules that the truth contradicts, the surest first. Grain and key: (source_table, source_pk).
select
    link.source_table,
    link.source_pk,
    link.match_rule,
    link.match_score,
    link.evidence ->> 'record_name' as record_name,
    link.evidence ->> 'driver_name' as driver_name,
    (link.evidence ->> 'similarity')::float8 as similarity,
    link.matched_driver_id,
    (
        select min(right_driver.driver_id) from demo.truth_drivers as right_driver
        where right_driver.human_id = record.human_id
    ) as right_driver_id
from ops.v_identity_links as link
inner join demo.truth_records as record
    on record.source_table = link.source_table and record.source_pk = link.source_pk
inner join demo.truth_drivers as driver on driver.driver_id = link.matched_driver_id
where link.match_rule <> 'MANUAL' and driver.human_id is distinct from record.human_id
order by link.match_score desc, link.source_table, link.source_pk;
