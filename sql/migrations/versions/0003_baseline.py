"""Everything that Control Tower adds to the established tables."""

from control_tower.migrate.revisions import run_sql_file

revision = "0003_baseline"
down_revision = "0002_rekey_md5_links"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
