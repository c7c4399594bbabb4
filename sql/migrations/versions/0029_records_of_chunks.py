"""The records of a source chunk are found by an index."""

from control_tower.migrate.revisions import run_sql_file

revision = "0029_records_of_chunks"
down_revision = "0028_block_ranges"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
