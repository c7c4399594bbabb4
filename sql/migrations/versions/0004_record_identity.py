"""Recognising a source record by its content."""

from control_tower.migrate.revisions import run_sql_file

revision = "0004_record_identity"
down_revision = "0003_baseline"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
