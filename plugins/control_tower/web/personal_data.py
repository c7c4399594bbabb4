"""Masks personal data for those who may not see it, and records who saw it in `ops.personal_data_access`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Literal

from control_tower.masking import Kind, masked
from control_tower.web.permissions import CurrentUser
from control_tower.web.pool import connection_pools
from control_tower.web.sql_files import execute_prepared

WHO: dict[str, Kind] = {"name": "name", "phone": "number", "license": "number", "plate": "number"}
"""Columns that identify a person, a record or an account, and how they are masked."""


def shown(row: dict[str, Any], personal: Mapping[str, Kind], current_user: CurrentUser) -> dict[str, Any]:
    """A row as this user may see it: the columns of `personal` are masked for those who may not see them."""
    if current_user.sees_personal_data:
        return row
    return {name: masked(value, personal[name]) if name in personal else value for name, value in row.items()}


def note_access(
    current_user: CurrentUser,
    action: Literal["person", "search", "export"],
    *,
    person_key: uuid.UUID | None = None,
    subject: str | None = None,
) -> None:
    """Record an access to personal data before it is shown; without the record there is no answer.

    `subject` says by what was searched (never for what), or names the list that is exported.

    Raises:
        DatabaseError: it could not be written.
    """
    with connection_pools().noting() as connection:
        execute_prepared(
            connection,
            "web/persons/note_access.sql",
            {
                "action": action,
                "person_key": person_key,
                "subject": subject,
                "is_unmasked": current_user.sees_personal_data,
                "seen_by": current_user.name,
            },
        )
