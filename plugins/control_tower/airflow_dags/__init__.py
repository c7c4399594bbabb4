"""The DAGs of the package. A DAG file is two lines: import one of these functions, and call it.

    from control_tower.airflow_dags.identity_ingestion import identity_ingestion

    identity_ingestion(schedule="0 */3 * * *", pool="warehouse")

Airflow reads a file only if it contains the words `airflow` and `dag`, as the name of this package does.
"""
