"""What changed in the claims on the partner, and in the partner's payments."""

from control_tower.migrate.revisions import run_sql_file

revision = "0006_claim_history"
down_revision = "0005_payment_milestones"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
