"""What a merge moved, so that it can be undone."""

from control_tower.migrate.revisions import run_sql_file

revision = "0008_merges"
down_revision = "0007_statements"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
