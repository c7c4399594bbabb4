from control_tower.airflow_dags.estimate_weights import estimate_weights

estimate_weights()
