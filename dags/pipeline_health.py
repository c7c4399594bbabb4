from control_tower.airflow_dags.pipeline_health import pipeline_health

pipeline_health()
