"""Calendars and clocks of sources, and what a mute holds for."""

from control_tower.migrate.revisions import run_sql_file

revision = "0010_watch"
down_revision = "0009_match_weights"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
