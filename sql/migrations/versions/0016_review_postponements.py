"""Review cases that a human put off until a day, and the decisions of a day by an index."""

from control_tower.migrate.revisions import run_sql_file

revision = "0016_review_postponements"
down_revision = "0015_check_writes"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
