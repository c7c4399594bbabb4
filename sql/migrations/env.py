"""Alembic's environment: the session and its transaction belong to `control_tower.migrate`."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    dialect_name="postgresql",
    dialect_opts={"paramstyle": "named"},  # in printed SQL a percent sign is not doubled
    version_table=context.config.get_main_option("version_table"),
    version_table_schema=context.config.get_main_option("version_table_schema"),
    transactional_ddl=False,  # the caller begins and commits
)
context.run_migrations()
