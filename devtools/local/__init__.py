"""Control Tower on one machine: an embedded PostgreSQL and a local Airflow, all inside the project folder."""
