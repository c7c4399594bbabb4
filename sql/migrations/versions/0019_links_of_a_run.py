"""Links are found by the run that made them."""

from control_tower.migrate.revisions import run_sql_file

revision = "0019_links_of_a_run"
down_revision = "0018_search_and_scouts"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
