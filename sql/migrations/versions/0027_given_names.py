"""How often one person is written with two given names is counted with the frequencies."""

from control_tower.migrate.revisions import run_sql_file

revision = "0027_given_names"
down_revision = "0026_partitions"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
