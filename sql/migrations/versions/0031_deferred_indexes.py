"""Indexes that a first load builds after its rows are remembered in a table."""

from control_tower.migrate.revisions import run_sql_file

revision = "0031_deferred_indexes"
down_revision = "0030_links_by_probability"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
