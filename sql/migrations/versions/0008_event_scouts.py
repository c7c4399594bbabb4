"""Scouts that a source corrects or withdraws."""

from control_tower.migrate.revisions import run_sql_file

revision = "0008_event_scouts"
down_revision = "0007_statements"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
