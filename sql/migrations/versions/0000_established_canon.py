"""The established tables of the schema canon."""

from control_tower.migrate.revisions import run_sql_file

revision = "0000_established_canon"
down_revision = None


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
