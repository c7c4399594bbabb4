from control_tower.airflow_dags.revert_backfill import revert_backfill

revert_backfill()
