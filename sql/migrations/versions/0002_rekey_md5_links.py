"""Links keyed by the old md5 scheme get the key of today."""

from control_tower.migrate.revisions import run_sql_file

revision = "0002_rekey_md5_links"
down_revision = "0001_established_tables"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
