"""Another source of records is one entry and one view: ingestion, API, page and health follow."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import PROJECT


def test_another_source_of_records_is_one_entry_and_one_view() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.web.another_source.referrals",
        "--override-ini",
        "addopts=",
    ]
    story = [*command, "--import-mode=importlib", "tests/web/another_source/story.py"]
    done = subprocess.run(story, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout
