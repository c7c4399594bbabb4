"""Users of the database that are members of the package's roles, for an installation that makes its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing

from psycopg import sql

from control_tower.database import connect, explained
from control_tower.driver_errors import OWNER_CONNECTION
from control_tower.migrate.runner import APPLICATION_NAME

log = logging.getLogger(__name__)

MEMBERSHIP = (
    "select 1 from pg_auth_members where member = to_regrole(quote_ident(%s))"
    " and roleid = to_regrole(quote_ident(session_user))"
)
"""Of a user in the owner who is connected."""


def ensure_logins(logins: Mapping[str, tuple[str, str]]) -> None:
    """Make or update the user of each role, as the owner of the tables; may be repeated.

    `logins` has user and password by the name of a role. The server gets the password hashed. A writer may also become
    a reader, as pages do.

    Raises:
        PermissionMissing: The owner may not make users; a DBA makes them.
    """
    with closing(connect(application_name=APPLICATION_NAME, autocommit=True, preferred=OWNER_CONNECTION)) as connection:
        for role, (name, password) in logins.items():
            if name == connection.info.user:
                continue
            hashed = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
            user, owner = sql.Identifier(name), sql.Identifier(connection.info.user)
            with explained(connection), connection.transaction():
                if not connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
                    connection.execute(sql.SQL("create role {} login").format(user))
                connection.execute(sql.SQL("alter role {} login password {}").format(user, sql.Literal(hashed)))
                connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), user))
                if role == "control_tower_writer":
                    connection.execute(sql.SQL("grant control_tower_reader to {}").format(user))
                    # an earlier version needed the membership to refresh materialised views
                    if connection.execute(MEMBERSHIP, [name]).fetchone():
                        connection.execute(sql.SQL("revoke {} from {}").format(owner, user))
            log.info("The user %s is a member of %s.", name, role)
