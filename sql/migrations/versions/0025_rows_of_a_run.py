"""The rows that a run wrote are found without reading the tables."""

from control_tower.migrate.revisions import run_sql_file

revision = "0025_rows_of_a_run"
down_revision = "0024_name_blocks"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
