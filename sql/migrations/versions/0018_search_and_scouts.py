"""Indexes of the search and of the pages of scouts."""

from control_tower.migrate.revisions import run_sql_file

revision = "0018_search_and_scouts"
down_revision = "0017_review_cases"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
