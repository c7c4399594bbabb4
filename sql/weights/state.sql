-- What an estimate depends on: the version in force, one that waits to be counted, and how much was ingested. One row.
select
    in_force.version,
    in_force.weights,
    waiting.version as waiting_version,
    waiting.created_by as waiting_author,
    waiting.created_at as waiting_since,
    exists (select 1 from canon.drivers_index) and exists (select 1 from canon.records_index) as is_ingested
from (values (1)) as one (state)
left join canon.weights_in_force as in_force on true
left join lateral (
    select
        version.version,
        version.created_by,
        version.created_at
    from canon.weights_versions as version
    where version.run_id is null
    order by version.version
    limit 1
) as waiting on true;
