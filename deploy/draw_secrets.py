#!/usr/bin/env python3
"""Write `.env` from `.env.example` with secrets drawn for this installation: `python3 deploy/draw_secrets.py`.

A `.env` that exists is never touched. Every variable that the example leaves empty below its heading "Secrets" gets a
value; only the owner may read the file.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
HEADING = "# --- Secrets"


def filled(example: str) -> str:
    """The example with a value for each of its secrets."""
    before, heading, after = example.partition(HEADING)
    drawn = re.sub(r"^([A-Z_]+)=$", lambda found: f"{found[1]}={draw(found[1])}", after, flags=re.MULTILINE)
    return before + heading + drawn


def draw(name: str) -> str:
    """A value for a secret: a Fernet key, or 40 hexadecimal digits, which no URL or shell has to quote."""
    if name == "FERNET_KEY":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(20)


def main() -> int:
    """Write the file; returns the exit code."""
    target = PROJECT / ".env"
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(f"{target} exists and stays as it is.\nNext: add by hand what it lacks.", file=sys.stderr)
        return 1
    with os.fdopen(descriptor, "w") as file:
        file.write(filled((PROJECT / ".env.example").read_text()))
    print(f"{target} is written. Keep a copy in a safe place: without FERNET_KEY no saved connection can be read.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
