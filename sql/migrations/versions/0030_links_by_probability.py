"""Links are counted by rule and probability in an index."""

from control_tower.migrate.revisions import run_sql_file

revision = "0030_links_by_probability"
down_revision = "0029_records_of_chunks"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
