"""Block ranges are summarised by VACUUM alone."""

from control_tower.migrate.revisions import run_sql_file

revision = "0028_block_ranges"
down_revision = "0027_given_names"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
