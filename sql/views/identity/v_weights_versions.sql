-- Versions of the weights of evidence: which is in force, which waits for the next run, who wrote it and why.
-- Grain and key: version. Versions by `identity_ingestion` keep the weights and count frequencies anew.
create or replace view ops.v_weights_versions as
select
    version.version,
    case
        when version.run_id is null then 'WAITING'
        when version.version = in_force.version then 'IN_FORCE'
        else 'REPLACED'
    end as state,
    version.weights = '{}' as is_shipped,
    version.people,
    version.run_id,
    version.created_at,
    version.created_by,
    version.reason,
    version.weights
from canon.weights_versions as version
left join canon.weights_in_force as in_force on true;
