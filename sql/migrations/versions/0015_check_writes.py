"""Results of checks remember the counters of the tables that they read."""

from control_tower.migrate.revisions import run_sql_file

revision = "0015_check_writes"
down_revision = "0014_ranked_candidates"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
