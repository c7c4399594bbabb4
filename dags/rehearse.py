from control_tower.airflow_dags.rehearse import rehearse

rehearse()
