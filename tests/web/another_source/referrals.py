"""A pytest plugin that adds a source of records as a contributor would: one entry and one view.

It is loaded before anything of the package, by `test_another_source.py`.
"""

import os
import shutil
import tempfile
from pathlib import Path

from control_tower import sources

TABLE = "module_ct_referrals"

ENTRY = sources.RecordSource("referrals", TABLE, business_date="referred_on", arrived_at="created_at")

VIEW = f"""
create or replace view canon.records_of_{TABLE} as
select
    referral.id::varchar as source_pk,
    referral.id::bigint as row_id,
    referral.xmin as row_version,
    true as has_own_key,
    referral.referred_on as event_date,
    referral.referred_on::timestamp as recorded_at,
    referral.friend_name as name,
    referral.friend_phone as phone,
    null::text as license,
    null::text as plate,
    null::text as car_model,
    null::varchar as driver_id,
    null::integer as scout_id,
    'cabinet' as origin_tag,
    null::text as acquisition_method,
    null::text as scout_name,
    referral.created_at as came_at_local
from public.{TABLE} as referral;
"""

THEIR_TABLE = f"""
create table if not exists public.{TABLE} (
    id bigint primary key, friend_name text, friend_phone text, referred_on date, created_at timestamp default now()
);
"""
"""The table is another system's; it is there before `migrate_schema`."""

sources.RECORD_SOURCES += (ENTRY,)
sources.SOURCE_TABLES += (TABLE,)
sources.WATCHED_SOURCES += (TABLE,)

SQL_DIR = Path(shutil.copytree(Path(__file__).parents[3] / "sql", Path(tempfile.mkdtemp()) / "sql"))
(SQL_DIR / "sources" / "views" / "records" / f"{TABLE}.sql").write_text(VIEW)
(SQL_DIR / "sources" / "0_referrals.sql").write_text(THEIR_TABLE)
os.environ["CONTROL_TOWER_SQL_DIR"] = str(SQL_DIR)

import control_tower.database  # noqa: E402, F401 - reads the folder from the environment now


def pytest_unconfigure() -> None:
    """Remove the copy of the SQL files."""
    shutil.rmtree(SQL_DIR.parent)
