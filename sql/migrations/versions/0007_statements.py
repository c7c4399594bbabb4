"""Liquidation periods, statements of scouts, their lines and payments."""

from control_tower.migrate.revisions import run_sql_file

revision = "0007_statements"
down_revision = "0006_claim_history"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
