"""Prepare a database: source tables, migrations, functions and views, as often as you like.

`migrate()` is the whole interface; the DAG `migrate_schema` calls it.
"""

from control_tower.migrate.runner import MigrationReport, migrate

__all__ = ["MigrationReport", "migrate"]
