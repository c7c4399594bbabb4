# Control Tower in Airflow's official image: the pinned lock and the folders of the product.
# The tag is the version that the lock names; tests/deploy/test_compose_file.py compares them.
FROM apache/airflow:slim-3.3.2-python3.12

# The image's user is airflow (50000:0), who owns its installation; nothing here runs as root.
COPY --chown=airflow:0 requirements-production.txt /opt/airflow/
RUN pip install --no-cache-dir --require-hashes --requirement /opt/airflow/requirements-production.txt \
    && pip check \
    && mkdir -p /opt/airflow/logs \
    && chmod g+rwX /opt/airflow/logs

COPY --chown=airflow:0 sql /opt/airflow/sql
COPY --chown=airflow:0 plugins /opt/airflow/plugins
COPY --chown=airflow:0 docs/runbook.es.md docs/runbook.en.md /opt/airflow/docs/
COPY --chown=airflow:0 dags /opt/airflow/dags
COPY --chown=airflow:0 deploy /opt/airflow/deploy

# dumb-init, which the image brings, passes signals on and buries dead children.
ENTRYPOINT ["/usr/bin/dumb-init", "--", "python", "/opt/airflow/deploy/start.py"]
CMD ["check"]
