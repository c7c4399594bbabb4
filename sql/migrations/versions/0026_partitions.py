"""Steps process partitions of the keys instead of halves."""

from control_tower.migrate.revisions import run_sql_file

revision = "0026_partitions"
down_revision = "0025_rows_of_a_run"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
