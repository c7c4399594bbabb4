"""Payments per person and currency, and per milestone."""

from control_tower.migrate.revisions import run_sql_file

revision = "0005_payment_milestones"
down_revision = "0004_record_identity"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
