"""Which table stood behind the name of each source when it was read."""

from control_tower.migrate.revisions import run_sql_file

revision = "0011_source_bindings"
down_revision = "0010_watch"


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run_sql_file(revision)
