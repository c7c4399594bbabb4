"""The cases that wait for a human are kept in the order of their worth."""

from control_tower.migrate.revisions import run_sql_file

revision = "0017_review_cases"
down_revision = "0016_review_postponements"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
