"""How often one person is written with two given names is counted with the frequencies."""

from control_tower.migrate.revisions import run_sql_file

revision = "0025_given_names"
down_revision = "0024_name_blocks"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
