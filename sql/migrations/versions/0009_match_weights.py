"""Evidence on one scale: weights, frequencies, probabilities."""

from control_tower.migrate.revisions import run_sql_file

revision = "0009_match_weights"
down_revision = "0008_event_scouts"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
