"""A third channel of alerts: any address or notifier by the connection control_tower_notify."""

from control_tower.migrate.revisions import run_sql_file

revision = "0013_notify_channel"
down_revision = "0012_audit_seals"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
