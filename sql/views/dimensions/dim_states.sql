-- The states of checks (ops.v_check_results; check_group is the first part of check_name), of pipelines
-- (ops.v_pipeline_health) and of sources (ops.v_data_health_status). … stands for the name of what was checked.
-- Grain and key: (check_group, state).
create or replace view ops.dim_states as
with listed (check_group, state) as (
    values
    ('pipeline', 'RED_NO_INGESTION'),
    ('pipeline', 'RED_NO_ATTRIBUTION'),
    ('pipeline', 'RED_INGESTION_STALE'),
    ('pipeline', 'RED_ATTRIBUTION_STALE'),
    ('pipeline', 'RED_RUN_FAILED'),
    ('pipeline', 'YELLOW_INGESTION_STALE'),
    ('pipeline', 'YELLOW_ATTRIBUTION_STALE'),
    ('pipeline', 'YELLOW_RUN_STUCK'),
    ('pipeline', 'YELLOW_DAG_PAUSED'),
    ('pipeline', 'YELLOW_NO_NEW_DATA'),
    ('source', 'RED_SOURCE_REPLACED'),
    ('source', 'RED_SOURCE_EMPTIED'),
    ('source', 'RED_NO_DATA'),
    ('source', 'RED_NO_INGESTION_2D'),
    ('source', 'RED_INGESTION_STALE'),
    ('source', 'YELLOW_VOLUME_DROP'),
    ('source', 'YELLOW_STAMPS_AHEAD'),
    ('source', 'YELLOW_INGESTION_1D'),
    ('source', 'YELLOW_BUSINESS_LAG'),
    ('quality', 'RED_ATTRIBUTION_QUALITY'),
    ('quality', 'YELLOW_ATTRIBUTION_QUALITY'),
    ('quality', 'RED_ATTRIBUTION_JOB'),
    ('quality', 'YELLOW_ATTRIBUTION_JOB'),
    ('payments', 'YELLOW_PAYMENTS_UNEXPLAINED'),
    ('invariant', 'RED_INVARIANT_BROKEN'),
    ('dag', 'RED_DAG_IMPORT_ERROR'),
    ('channel', 'RED_DELIVERY_FAILING'),
    ('channel', 'YELLOW_DELIVERY_FAILING'),
    ('health', 'RED_NO_CHECKS'),
    ('health', 'RED_CHECKS_STALE'),
    ('health', 'YELLOW_CHECKS_STALE'),
    ('health', 'YELLOW_CHECKS_INTERRUPTED'),
    ('health', 'YELLOW_VERSIONS_DIFFER'),
    ('health', 'RED_DATABASE_UNREACHABLE'),
    ('health', 'RED_CHECKS_IMPOSSIBLE'),
    ('health', 'YELLOW_CHECKS_IMPOSSIBLE'),
    ('source', 'CHECK_FAILED'),
    ('invariant', 'CHECK_FAILED'),
    ('probe', 'CHECK_FAILED'),
    ('invariant', 'NEVER_CHECKED'),
    ('dag', 'DAG_UNKNOWN'),
    ('channel', 'NOT_CONFIGURED'),
    ('source', 'UNKNOWN'),
    ('source', 'GREEN_OK')
),

every_state as (
    select
        listed.check_group,
        listed.state,
        regexp_replace(listed.state, '^(RED|YELLOW|GREEN)_', '') as fault
    from listed
    union all
    select
        check_groups.check_group,
        'OK',
        'OK'
    from (select distinct named.check_group from listed as named) as check_groups
)

select
    every_state.check_group,
    every_state.state,
    case
        when every_state.fault = 'OK' then 'OK'
        else coalesce(substring(every_state.state from '^(RED|YELLOW)_'), 'UNKNOWN')
    end as severity,
    replace(coalesce(own.label_es, shared.label_es, plain.label_es), '{name}', '…') as label_es,
    replace(coalesce(own.label_en, shared.label_en, plain.label_en), '{name}', '…') as label_en,
    replace(coalesce(own_action.label_es, action.label_es), '{name}', '…') as action_es,
    replace(coalesce(own_action.label_en, action.label_en), '{name}', '…') as action_en
from every_state
left join canon.labels as own
    on own.code_group = 'state.title' and own.code = every_state.check_group || '.' || every_state.fault
left join canon.labels as shared on shared.code_group = 'state.title' and shared.code = every_state.fault
left join canon.labels as plain on plain.code_group = 'state' and plain.code = every_state.fault
left join canon.labels as own_action
    on own_action.code_group = 'state.action' and own_action.code = every_state.check_group || '.' || every_state.fault
left join canon.labels as action on action.code_group = 'state.action' and action.code = every_state.fault;
