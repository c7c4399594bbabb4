"""Decisions know whether their record is linked already."""

from control_tower.migrate.revisions import run_sql_file

revision = "0021_linked_decisions"
down_revision = "0019_links_of_a_run"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
