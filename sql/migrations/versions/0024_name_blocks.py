"""Names are found by their blocking keys through indexes."""

from control_tower.migrate.revisions import run_sql_file

revision = "0024_name_blocks"
down_revision = "0023_explained_payments"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
