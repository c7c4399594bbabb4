from control_tower.airflow_dags.migrate_schema import migrate_schema

migrate_schema()
