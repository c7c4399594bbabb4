"""Scouts that a source corrects or withdraws."""

from control_tower.migrate.revisions import run_sql_file

revision = "0009_event_scouts"
down_revision = "0008_merges"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
