"""The other established tables."""

from control_tower.migrate.revisions import run_sql_file

revision = "0001_established_tables"
down_revision = "0000_established_canon"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
