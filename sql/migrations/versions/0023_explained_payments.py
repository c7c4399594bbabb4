"""Payments that belong to no claim can be explained."""

from control_tower.migrate.revisions import run_sql_file

revision = "0023_explained_payments"
down_revision = "0022_cabinet_claims"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
