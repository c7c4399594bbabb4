"""The audit chain verifies itself; rows that the pipelines' role adds by hand are found."""

from control_tower.migrate.revisions import run_sql_file

revision = "0012_audit_seals"
down_revision = "0011_source_bindings"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
