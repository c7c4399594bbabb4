-- The last known state of each DAG in Airflow; after an hour it is too old to rely on. Grain and key: dag_id.
select
    dag.dag_id,
    dag.is_paused,
    dag.has_import_error,
    dag.import_error,
    dag.observed_at,
    dag.observed_at < %(moment)s::timestamptz - interval '1 hour' as is_old
from ops.dag_observations as dag;
