"""Weighed candidates know their rank among those of their record."""

from control_tower.migrate.revisions import run_sql_file

revision = "0014_ranked_candidates"
down_revision = "0013_notify_channel"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
