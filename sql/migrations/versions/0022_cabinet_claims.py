"""Claims and the first 14 days of cabinet drivers as tables that follow what changed."""

from control_tower.migrate.revisions import run_sql_file

revision = "0022_cabinet_claims"
down_revision = "0021_linked_decisions"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
