#!/usr/bin/env python3
"""What every container runs first: reads the secrets, refuses weak ones, and becomes the program it was asked for.

    start.py check                     every secret is there and strong enough, or say which is not
    start.py init                      Airflow's tables, Control Tower's schema, the first user
    start.py PROGRAM ARGUMENT …        for example: start.py airflow scheduler; $HOSTNAME in it is the container's

A secret comes from its environment variable or, when that is empty, from the file of its name in lower case in the
folder SECRETS_FOLDER (/run/secrets). Nothing but Python's standard library is used, so that it also starts where
the installation is broken, and says so.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, build_opener

CONFIGURATION_FAULT = 78
"""Exit code EX_CONFIG of sysexits.h: to start again changes nothing."""

TEMPORARY_FAULT = 75
"""Exit code EX_TEMPFAIL of sysexits.h: to start again helps."""

START_TASKS = (("airflow", "scheduler"), ("airflow", "celery", "worker"))
"""Programs that start tasks, which talk to the API server from their first moment on."""
API_WAIT_SECONDS = 300.0

PLACEHOLDERS = ("change", "example", "placeholder", "password", "secret", "airflow")
"""A secret that contains one of these was not drawn by chance: all are too long to come up by it."""

ENOUGH_BITS = 40
"""The least entropy of a secret. Four words drawn from a list of thousands have it; 40 drawn digits, three times."""
WORD_BITS = 13.0
"""Bits of a dictionary word, chosen or drawn."""
KEYS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
ROW = re.compile(
    "|".join(
        row[first : first + length]
        for length in range(26, 3, -1)
        for keys in KEYS
        for row in (keys, keys[::-1])
        for first in range(len(row) - length + 1)
    ),
    re.IGNORECASE,
)
"""Four and more letters or digits as they follow each other in the alphabet or on the keyboard."""


class Refused(Exception):
    """The configuration cannot be used; the message says why and what to do."""


class Unavailable(Exception):
    """What this program needs does not answer yet."""


PLUGINS = Path(__file__).resolve().parents[1] / "plugins"
"""Where the package is, beside this folder."""

MIGRATE = (
    "import json, sys; from control_tower.migrate import logins, migrate; print(migrate().summary());"
    " logins.ensure_logins(json.load(sys.stdin))"
)
"""What the DAG migrate_schema does, as the owner of the tables, and the users of pipelines and pages. Not as a run of
that DAG: `init` also runs when a set-up that is at work is started again, and its scheduler would take the tasks of an
`airflow dags test` for its own."""


@dataclass(frozen=True)
class Secret:
    """A secret.

    Attributes:
        name: Its variable; its file has the same name in lower case.
        shortest: Characters that it must have at least.
        profile: The profile that needs it; None: every installation does.
        is_for_all: Every Airflow container gets it; otherwise only those to which the compose file hands it.
    """

    name: str
    shortest: int = 16
    profile: str | None = None
    is_for_all: bool = True


SECRETS = (
    Secret("METADATA_PASSWORD"),
    Secret("WAREHOUSE_PASSWORD", is_for_all=False),
    Secret("WAREHOUSE_PIPELINES_PASSWORD"),
    Secret("WAREHOUSE_PAGES_PASSWORD"),
    Secret("FERNET_KEY"),
    Secret("API_SECRET_KEY", 32),
    Secret("JWT_SECRET", 32),
    Secret("ADMIN_PASSWORD", 12, is_for_all=False),
    Secret("REDIS_PASSWORD", profile="celery"),
    Secret("FLOWER_PASSWORD", profile="celery", is_for_all=False),
)


OF_INIT = ("ADMIN_PASSWORD", "WAREHOUSE_PASSWORD")
"""Secrets that `init` needs beside those of all."""


def profiles(given: Mapping[str, str]) -> set[str]:
    """The profiles that are switched on, from COMPOSE_PROFILES."""
    return {name.strip() for name in given.get("COMPOSE_PROFILES", "").split(",") if name.strip()}


def read_secrets(given: Mapping[str, str]) -> dict[str, str]:
    """The secrets that there are, by name, from variables or files."""
    folder = Path(given.get("SECRETS_FOLDER") or "/run/secrets")
    found = {}
    for secret in SECRETS:
        file = folder / secret.name.lower()
        value = given.get(secret.name) or (file.read_text().strip() if file.is_file() else "")
        if value:
            found[secret.name] = value
    return found


def faults(secrets: Mapping[str, str], wanted: Sequence[Secret]) -> list[str]:
    """What is wrong with the secrets that are wanted, one line each; never a value."""
    told = []
    for secret in wanted:
        value = secrets.get(secret.name, "")
        if not value:
            told.append(f"{secret.name} is missing")
        elif len(value) < secret.shortest:
            told.append(f"{secret.name} is shorter than {secret.shortest} characters")
        elif len(set(value)) < 6 or any(word in value.lower() for word in PLACEHOLDERS if secret.name != "FERNET_KEY"):
            told.append(f"{secret.name} is a placeholder")
        elif secret.name != "FERNET_KEY" and bits(value) < ENOUGH_BITS:
            told.append(f"{secret.name} is too easy to guess (words, years, rows of letters, repetitions)")
        elif any(value == secrets.get(other.name) for other in SECRETS if other is not secret):
            told.append(f"{secret.name} is used twice")
        elif secret.name == "FERNET_KEY" and not is_fernet(value):
            told.append("FERNET_KEY is no Fernet key (32 bytes in URL-safe base64, several by commas)")
    return told


def bits(value: str) -> float:
    """Entropy of a secret in bits, where words, years, keyboard rows and repetitions are guessed first."""
    seen: set[str] = set()
    worth = 0.0
    rest = ROW.sub("\n", value)  # a row counts as one sign
    # a capital letter begins a word
    for part in map(str.lower, re.findall("[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]", rest)):
        if part in seen and len(part) > 2:
            worth += 1
        elif part.isdigit():
            worth += 7 if re.fullmatch("(19|20)[0-9]{2}", part) else len(part) * math.log2(10)
        elif not part.isascii() or not part.isalnum():
            worth += 4
        elif re.search("[bcdfghjklmnpqrstvwxz]{4}", part):  # four consonants: no dictionary word
            worth += len(part) * math.log2(26)
        else:
            worth += min(len(part) * math.log2(26), WORD_BITS * math.ceil(len(part) / 8))
        seen.add(part)
    return worth


def is_fernet(value: str) -> bool:
    """Whether these are Fernet keys, by commas: the first encrypts, the others can still decrypt."""
    try:
        return all(len(base64.urlsafe_b64decode(key)) == 32 for key in value.split(","))
    except (binascii.Error, ValueError):
        return False


def require(secrets: Mapping[str, str], wanted: Sequence[Secret]) -> None:
    """Let pass what may go into production.

    Raises:
        Refused: names every fault at once.
    """
    found = faults(secrets, wanted)
    if found:
        listed = "\n".join(f"  - {fault}" for fault in found)
        raise Refused(
            f"Control Tower does not start, because of these secrets:\n{listed}\n"
            "Next: `python3 deploy/draw_secrets.py` writes a .env with drawn secrets; or put each into .env, or into\n"
            "a file of its name in lower case in the folder secrets/."
        )


def prepared(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of Airflow: what was given, without empty variables, and what follows from the secrets.

    Raises:
        Refused: a secret is missing or weak.
    """
    on = profiles(given)
    secrets = read_secrets(given)
    require(secrets, [s for s in SECRETS if s.is_for_all and (s.profile is None or s.profile in on)])
    metadata = location(given, "METADATA", secrets, default_host="postgres", default_name="airflow")
    pipelines, pages = (_warehouse(given, secrets, part) for part in ("PIPELINES", "PAGES"))
    derived = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{metadata}",
        "AIRFLOW_CONN_CONTROL_TOWER": pipelines,
        "AIRFLOW_CONN_CONTROL_TOWER_READER": pages,
        "AIRFLOW__CORE__FERNET_KEY": secrets["FERNET_KEY"],
        "AIRFLOW__API__SECRET_KEY": secrets["API_SECRET_KEY"],
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets["JWT_SECRET"],
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        # A user id of one's own has no entry in the image's passwd, and Airflow wants a name.
        "USER": given.get("USER") or "airflow",
    }
    if "celery" in on:
        host = given.get("REDIS_HOST") or "redis"
        port = given.get("REDIS_PORT") or "6379"
        derived |= {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": f"redis://:{quote(secrets['REDIS_PASSWORD'], safe='')}@{host}:{port}/0",
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql://{metadata}",
        }
        if secrets.get("FLOWER_PASSWORD"):
            derived["AIRFLOW__CELERY__FLOWER_BASIC_AUTH"] = f"admin:{secrets['FLOWER_PASSWORD']}"
    if "mail" in on:
        catcher = {"disable_ssl": True, "disable_tls": True, "from_email": "control-tower@example.org"}
        mail = {"host": given.get("MAIL_HOST") or "mail", "port": int(given.get("MAIL_PORT") or "1025")}
        derived["AIRFLOW_CONN_CONTROL_TOWER_SMTP"] = json.dumps({"conn_type": "smtp", **mail, "extra": catcher})
        derived["CONTROL_TOWER_ALERT_RECIPIENTS"] = "alerts@example.org"
    kept = {name: value for name, value in given.items() if value and name not in {s.name for s in SECRETS}}
    # Only the mail catcher's connection gives way to one that is set: the others are what the secrets say.
    own_choice = {"AIRFLOW_CONN_CONTROL_TOWER_SMTP", "CONTROL_TOWER_ALERT_RECIPIENTS"} & kept.keys()
    return kept | {name: value for name, value in derived.items() if name not in own_choice}


def location(
    given: Mapping[str, str], which: str, secrets: Mapping[str, str], default_host: str, default_name: str
) -> str:
    """User, password, host, port and database of a PostgreSQL, as they stand in a URL behind its scheme."""
    user = quote(given.get(f"{which}_USER") or default_name, safe="")
    return f"{user}:{quote(secrets[f'{which}_PASSWORD'], safe='')}@{place(given, which, default_host, default_name)}"


def place(given: Mapping[str, str], which: str, default_host: str, default_name: str) -> str:
    """Host, port and database of a PostgreSQL."""
    host, port = given.get(f"{which}_HOST") or default_host, given.get(f"{which}_PORT") or "5432"
    return f"{host}:{port}/{quote(given.get(f'{which}_DATABASE') or default_name, safe='')}"


def user_of(given: Mapping[str, str], part: str) -> str:
    """The warehouse's user for the PIPELINES or the PAGES."""
    return given.get(f"WAREHOUSE_{part}_USER") or f"control_tower_{part.lower()}"


def _warehouse(given: Mapping[str, str], secrets: Mapping[str, str], part: str) -> str:
    """The warehouse's connection for the PIPELINES, the PAGES or the OWNER."""
    if part == "OWNER":
        there = location(given, "WAREHOUSE", secrets, default_host="warehouse", default_name="control_tower")
    else:
        user, password = user_of(given, part), secrets[f"WAREHOUSE_{part}_PASSWORD"]
        account = f"{quote(user, safe='')}:{quote(password, safe='')}"
        there = f"{account}@{place(given, 'WAREHOUSE', 'warehouse', 'control_tower')}"
    return f"postgres://{there}{_ssl(given)}"


def _ssl(given: Mapping[str, str]) -> str:
    mode = given.get("WAREHOUSE_SSLMODE")
    return f"?sslmode={quote(mode)}" if mode else ""


def initialise(environment: Mapping[str, str], secrets: Mapping[str, str]) -> int:
    """Bring both databases to this version and make the first user; safe to repeat. Returns the exit code."""
    # `users create` asks for the password or takes it as an argument, which would show in `ps`.
    user = ["users", "create", "--username", "admin", "--role", "Admin", "--firstname", "Control", "--lastname"]
    user += ["Tower", "--email", "admin@localhost"]
    password = secrets["ADMIN_PASSWORD"]
    logins = {
        "control_tower_writer": (user_of(environment, "PIPELINES"), secrets["WAREHOUSE_PIPELINES_PASSWORD"]),
        "control_tower_reader": (user_of(environment, "PAGES"), secrets["WAREHOUSE_PAGES_PASSWORD"]),
    }
    steps: list[tuple[list[str], str | None]] = [
        (["airflow", "db", "migrate"], None),
        (["airflow", *user], f"{password}\n{password}\n"),
        ([sys.executable, "-c", MIGRATE], json.dumps(logins)),
    ]
    paths = [str(PLUGINS), environment.get("PYTHONPATH", "")]
    variables = {
        **environment,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "AIRFLOW_CONN_CONTROL_TOWER_OWNER": _warehouse(environment, secrets, "OWNER"),
    }
    for command, answers in steps:
        what = "migrate_schema" if MIGRATE in command else " ".join(command[:3])
        print(f"init: {what}", flush=True)
        # In a session of its own: a question is answered by the pipe and not asked on somebody's terminal.
        done = subprocess.run(  # noqa: S603
            command, env=variables, input=answers, text=True, check=False, start_new_session=True
        )
        code = done.returncode
        if code:
            print(f"init: {what} failed; its last lines say why.", file=sys.stderr)
            return code
    return 0


def wait_for_api(environment: Mapping[str, str]) -> None:
    """Wait until Airflow's API server answers: tasks that begin before it does fail and use up their retries.

    Also when the machine starts again, where Compose starts every container at once.

    Raises:
        Unavailable: it does not answer in time.
    """
    execution = urlsplit(environment.get("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", ""))
    if not execution.netloc:
        return
    url = f"{execution.scheme}://{execution.netloc}/api/v2/version"
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + API_WAIT_SECONDS
    is_first = True
    while True:
        try:
            with opener.open(url, timeout=5):
                return
        except (OSError, HTTPException) as error:
            if isinstance(error, HTTPError) and error.code < 500:
                return  # it answers, behind a path or a login
            if time.monotonic() > until:
                raise Unavailable(f"Airflow's API server does not answer at {url}: {error}") from error
            if is_first:
                print(f"Waiting for Airflow's API server at {url}.", flush=True)
            is_first = False
            time.sleep(1)


def main(arguments: Sequence[str], given: Mapping[str, str]) -> int:
    """Check, initialise, or become a program; returns an exit code when there is nothing to become."""
    secrets = read_secrets(given)
    on = profiles(given)
    try:
        match list(arguments):
            case ["check"]:
                require(secrets, [secret for secret in SECRETS if secret.profile is None or secret.profile in on])
                print("Every secret is there.")
                return 0
            case ["init"]:
                require(
                    secrets, [secret for secret in SECRETS if secret.name in ("ADMIN_PASSWORD", "WAREHOUSE_PASSWORD")]
                )
                return initialise(prepared(given), secrets)
            case ["airflow", "celery", *_] if "celery" not in on:
                raise Refused("This needs the Celery executor.\nNext: add celery to COMPOSE_PROFILES in .env.")
            case [program, *_]:
                environment = prepared(given)
                if any(tuple(arguments[: len(words)]) == words for words in START_TASKS):
                    wait_for_api(environment)
                command = [word.replace("$HOSTNAME", given.get("HOSTNAME", "localhost")) for word in arguments]
                os.execvpe(program, command, environment)  # noqa: S606 - to become it is the point
            case _:
                raise Refused(str(__doc__))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return CONFIGURATION_FAULT
    except Unavailable as unavailable:
        print(f"{unavailable}\nNext: look at the log of api-server; this is started again.", file=sys.stderr)
        return TEMPORARY_FAULT
    except FileNotFoundError as error:
        print(f"{error.filename}: no such program.", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
