-- What Airflow last said of its DAGs. Grain and key: dag_id.
select
    dag.dag_id,
    dag.is_paused,
    dag.has_import_error,
    dag.import_error,
    dag.observed_at
from ops.dag_observations as dag;
