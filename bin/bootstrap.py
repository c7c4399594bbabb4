"""Build the project's virtual environment with nothing but Python's standard library.

A bare machine may have Python without venv's companions: no ensurepip, no pip, no certificates. So the
environment is made without pip, a pip is borrowed for one moment to install a pinned uv, and uv installs the
hash-checked lock. Nothing is written outside the project folder, and no rights beyond those of the user are
needed.
"""

import ast
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
# Inside .venv, yet outside its site-packages: `uv pip sync` removes whatever the lock does not name, uv
# included.
UV_HOME = VENV / "uv"
UV_LOCK = ROOT / "bin" / "uv-requirements.txt"
WORKSHOP = ROOT / ".control-tower" / "bootstrap"
LOCKS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
# The oldest Airflow that is promised, for the tests that run the wheel in it.
OLDEST_AIRFLOW_VENV, OLDEST_AIRFLOW_LOCK = ROOT / ".venv-3.2", ROOT / "requirements-airflow-3.2.txt"
OLDEST_AIRFLOW = "tests/package/constraints/airflow-3.2.txt"
PRODUCTION_LOCK = ROOT / "requirements-production.txt"  # installed by the Dockerfile, never into .venv
OLDEST, NEWEST = (3, 11), (3, 13)
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

NO_PIP = """\
This Python has neither ensurepip nor pip, and no Debian package could be fetched to stand in for them.
Next: install pip for it and run make again.
  Debian, Ubuntu:  apt-get install python3-venv
  Fedora:          dnf install python3-pip
  Alpine:          apk add py3-pip"""


class BootstrapError(Exception):
    """The environment could not be built; the message says what to do next."""


# --- Is there anything to do? -------------------------------------------------------------------------------


def fingerprint(kind: str) -> dict[str, object]:
    """What an environment of this kind was built from; two equal fingerprints need no new installation."""
    return {
        "kind": kind,
        "project": str(ROOT),  # scripts in .venv/bin hold absolute paths: a copied or moved project starts anew
        "python": os.path.realpath(VENV_PYTHON),  # changes when the system moves from one Python to the next
        "lock": hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest(),
    }


def read_stamp() -> dict[str, object]:
    """Return the fingerprint of the last complete installation, or an empty one."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def wanted_kind(kind: str, stamp: Mapping[str, object]) -> str:
    """Return what to install: the development set holds the runtime set and is never thrown away for it."""
    return "dev" if stamp.get("kind") == "dev" else kind


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Let a second make wait for the first instead of installing into the same folder."""
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    with (WORKSHOP / "lock").open("w") as lock_file:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another make that is installing")
            fcntl.flock(lock_file, fcntl.LOCK_EX)
        yield


# --- Virtual environment ------------------------------------------------------------------------------------


def venv_is_usable(stamp: Mapping[str, object]) -> bool:
    """Tell whether .venv runs a supported Python and was made for this folder."""
    if stamp and (stamp.get("project") != str(ROOT) or stamp.get("python") != os.path.realpath(VENV_PYTHON)):
        return False
    supported = f"{OLDEST} <= sys.version_info[:2] <= {NEWEST} and sys.prefix != sys.base_prefix"
    question = f"import sys; sys.exit(not ({supported}))"
    try:
        answer = subprocess.run([VENV_PYTHON, "-I", "-c", question], capture_output=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0


def create_venv() -> None:
    """Make .venv without pip, which also works where python3-venv is not installed."""
    say(f"creating .venv with Python {sys.version_info.major}.{sys.version_info.minor}")
    run([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV], clean_environment())


# --- A pip for one moment -----------------------------------------------------------------------------------


def find_pip(environment: dict[str, str]) -> list[str]:
    """Return a command that runs some pip, adding to the environment what that pip needs.

    Raises:
        BootstrapError: there is none and none could be fetched.
    """
    bundled = [*Path(os.__file__).parent.glob("ensurepip/_bundled/pip-*.whl")]
    if bundled:
        return pip_in_wheel(bundled[-1])
    for pip in ([sys.executable, "-m", "pip"], *map(pip_in_wheel, debian_wheels(Path("/")))):
        if pip_works(pip, environment):
            return pip
    pip = pip_in_wheel(fetch_pip_from_debian(environment))
    if pip_works(pip, environment):
        return pip
    raise BootstrapError(NO_PIP)


def pip_works(pip: list[str], environment: Mapping[str, str]) -> bool:
    """Tell whether a pip is there and fits this Python; Debian's is too old for one newer than Debian's."""
    harmless = [*pip, "list", "--path", str(VENV)]
    return subprocess.run(harmless, capture_output=True, check=False, env=environment).returncode == 0


def pip_in_wheel(wheel: Path) -> list[str]:
    """Return the command that runs pip out of its wheel, uninstalled."""
    return [sys.executable, str(wheel / "pip")]


def debian_wheels(root: Path) -> list[Path]:
    """Return the pip wheels of Debian's package python3-pip-whl below a root."""
    return sorted(root.glob("usr/share/python-wheels/pip-*.whl"))


def fetch_pip_from_debian(environment: dict[str, str]) -> Path:
    """Download Debian's pip wheel, verified by apt's signatures, and unpack it in the project; needs no root.

    On a machine without certificates, Debian's are unpacked too and named in the environment.
    """
    unpacked = WORKSHOP / "debian"
    packages = ["python3-pip-whl"]
    if needs_certificates(environment):
        packages.append("ca-certificates")
    if not all((unpacked / f"{package}.done").exists() for package in packages):
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            raise BootstrapError(NO_PIP)
        say("this Python has no pip: borrowing Debian's " + " and ".join(packages))
        unpack_from_debian(packages, unpacked)
    if "ca-certificates" in packages:
        bundle = WORKSHOP / "certificates.pem"
        bundle.write_text("".join(c.read_text() for c in sorted(unpacked.glob("usr/share/ca-certificates/*/*.crt"))))
        environment.update(PIP_CERT=str(bundle), SSL_CERT_FILE=str(bundle))
    return debian_wheels(unpacked)[-1]


def needs_certificates(environment: Mapping[str, str]) -> bool:
    """Tell whether Debian's pip, which trusts the system's certificates, would find none."""
    named = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    return not SYSTEM_CERTIFICATES.exists() and not any(environment.get(name) for name in named)


def unpack_from_debian(packages: list[str], target: Path) -> None:
    """Download packages with apt and unpack them into a folder of the project.

    Raises:
        BootstrapError: apt could not deliver them.
    """
    downloads = WORKSHOP / "apt"
    for folder in (downloads / "lists" / "partial", downloads / "archives" / "partial", target):
        folder.mkdir(parents=True, exist_ok=True)
    # A machine that never ran `apt-get update` has no package lists; lists of our own need no root.
    private = ["-o", f"Dir::State::lists={downloads / 'lists'}", "-o", f"Dir::Cache={downloads}"]
    attempts: list[list[list[str]]] = [
        [["apt-get", "-q", "download", *packages]],
        [["apt-get", "-q", *private, "update"], ["apt-get", "-q", *private, "download", *packages]],
    ]
    output = ""
    for commands in attempts:
        for command in commands:
            done = subprocess.run(command, cwd=downloads, capture_output=True, text=True, check=False)
            output += done.stdout + done.stderr
            if done.returncode != 0:
                break
        else:
            break
    else:
        raise BootstrapError(f"{output.strip()}\n\n{NO_PIP}")
    for package in packages:
        archive = max(downloads.glob(f"{package}_*.deb"))
        run(["dpkg-deb", "-x", archive, target], clean_environment())
        (target / f"{package}.done").touch()


# --- uv, and the lock ---------------------------------------------------------------------------------------


def uv_settings(pip_config: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Translate the user's pip configuration, which uv does not read, into uv's variables.

    Args:
        pip_config: the output of `pip config list`: lines such as global.timeout='60' or :env:.cert='/a.pem'.
        environment: variables that are set; what the user told uv itself always wins.

    Returns:
        The variables to add.
    """
    pip = read_pip_config(pip_config)
    local_links = [link for link in pip.get("find-links", "").split() if "://" in link or Path(link).exists()]
    translated = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(pip.get("extra-index-url", "").split()),
        # pip takes the best version of all indexes; the lock's hashes make that safe.
        "UV_INDEX_STRATEGY": "unsafe-best-match" if pip.get("extra-index-url") else "",
        "UV_FIND_LINKS": ",".join(local_links),
        "UV_NO_INDEX": "1" if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"} else "",
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": pip.get("timeout", pip.get("default-timeout", "")),
        "SSL_CERT_FILE": pip.get("cert", ""),
        "SSL_CLIENT_CERT": pip.get("client-cert", ""),
        "ALL_PROXY": pip.get("proxy", ""),
    }
    older_names = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}
    return {
        name: value
        for name, value in translated.items()
        if value and not environment.get(name) and not environment.get(older_names.get(name, ""))
    }


def read_pip_config(pip_config: str) -> dict[str, str]:
    """Return pip's effective options for `install`: environment over [install] over [global]."""
    merged: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for line in pip_config.splitlines():
            if line.startswith(section) and "=" in line:
                name, _, value = line.removeprefix(section).partition("=")
                with contextlib.suppress(ValueError, SyntaxError):
                    merged[name] = str(ast.literal_eval(value))
    return merged


def prepare_uv() -> tuple[Path, dict[str, str]]:
    """Install the pinned uv unless it is there; return its path and the environment to run it in."""
    environment = clean_environment()
    pip = find_pip(environment)
    uv = UV_HOME / "bin" / "uv"
    pinned = UV_HOME / f"{hashlib.sha256(UV_LOCK.read_bytes()).hexdigest()}.pinned"
    if not (uv.exists() and pinned.exists()):
        shutil.rmtree(UV_HOME, ignore_errors=True)
        say("installing uv")
        options = ["--quiet", "--require-hashes", "--no-deps", "--no-compile", "--disable-pip-version-check"]
        run([*pip, "install", *options, "--target", UV_HOME, "-r", UV_LOCK], environment)
        pinned.touch()
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False, env=environment)
    environment.update(uv_settings(listed.stdout, environment))
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    if SYSTEM_CERTIFICATES.exists() and not environment.get("SSL_CERT_DIR"):
        # uv brings its own authorities and would refuse a company's proxy that the system trusts.
        environment.setdefault("SSL_CERT_FILE", str(SYSTEM_CERTIFICATES))
    return uv, environment


def install(kind: str) -> None:
    """Make .venv hold exactly what the lock of this kind names."""
    with only_one_at_a_time():
        stamp = read_stamp()
        kind = wanted_kind(kind, stamp)
        if stamp == fingerprint(kind):  # another make was faster
            return
        if not venv_is_usable(stamp):
            create_venv()
        STAMP.unlink(missing_ok=True)
        uv, environment = prepare_uv()
        say(f"installing {LOCKS[kind].name} into .venv")
        lock = LOCKS[kind]
        run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", VENV_PYTHON, lock], environment)
        STAMP.write_text(json.dumps(fingerprint(kind), indent=1))


def install_oldest_airflow() -> None:
    """Make .venv-3.2, with the newest Python that the project allows and this machine has."""
    with only_one_at_a_time():
        stamp = OLDEST_AIRFLOW_VENV / STAMP.name
        lock = hashlib.sha256(OLDEST_AIRFLOW_LOCK.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == lock:
            return
        uv, environment = prepare_uv()
        say(f"installing {OLDEST_AIRFLOW_LOCK.name} into {OLDEST_AIRFLOW_VENV.name}")
        run([newest_python(), "-m", "venv", "--without-pip", "--clear", OLDEST_AIRFLOW_VENV], clean_environment())
        sync: list[str | Path] = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", OLDEST_AIRFLOW_VENV]
        run([*sync, OLDEST_AIRFLOW_LOCK], environment)
        stamp.write_text(lock)


def newest_python() -> str:
    """Return the newest supported interpreter that starts; this one if there is no newer."""
    for minor in range(NEWEST[1], sys.version_info.minor, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            return found
    return sys.executable


def recompile_locks(*, upgrade: bool) -> None:
    """Resolve pyproject.toml for every supported Python into the lock files, and pin uv itself."""
    with only_one_at_a_time():
        if not venv_is_usable(read_stamp()):
            create_venv()
        uv, environment = prepare_uv()
        oldest = ".".join(map(str, OLDEST))
        compile_lock: list[str | Path] = [uv, "pip", "compile", "--quiet", "--universal", "--no-header"]
        compile_lock += ["--generate-hashes", "--python-version", oldest, *(["--upgrade"] if upgrade else [])]
        run([*compile_lock, "--no-annotate", "-", "-o", UV_LOCK.relative_to(ROOT)], environment, stdin="uv\n")
        # What the sets share must be the same version. FAB narrows some versions, so its set is resolved first and
        # constrains the others; the development set holds all of it, so that tests run what the image installs.
        compile_lock += [f"--extra={channel}" for channel in ("smtp", "slack", "notify")]
        production, local = ["--group", "production"], ["--extra", "local"]
        oldest_airflow = ["--constraint", OLDEST_AIRFLOW, "-o", OLDEST_AIRFLOW_LOCK.name]
        run([*compile_lock, "pyproject.toml", *oldest_airflow], environment)
        run([*compile_lock, *production, "pyproject.toml", "-o", PRODUCTION_LOCK.name], environment)
        compile_lock += ["--constraint", PRODUCTION_LOCK.name]
        run([*compile_lock, *local, "pyproject.toml", "-o", LOCKS["runtime"].name], environment)
        compile_lock += ["--constraint", LOCKS["runtime"].name]
        everything = [*production, *local, "--group", "dev"]
        run([*compile_lock, *everything, "pyproject.toml", "-o", LOCKS["dev"].name], environment)


# --- Running things -----------------------------------------------------------------------------------------


def clean_environment() -> dict[str, str]:
    """Return the user's environment without what would lead Python or pip astray."""
    environment = dict(os.environ)
    for name in (
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
    ):
        environment.pop(name, None)
    environment.update(PIP_USER="0", PIP_ROOT_USER_ACTION="ignore")
    return environment


def run(command: list[str | Path], environment: Mapping[str, str], stdin: str | None = None) -> None:
    """Run a command in the project folder, its output visible.

    Raises:
        BootstrapError: it failed.
    """
    if subprocess.run(command, cwd=ROOT, env=environment, check=False, input=stdin, text=True).returncode != 0:
        shown = " ".join(map(str, command))
        raise BootstrapError(f"This command failed: {shown}\nNext: see its message above, then run make again.")


def say(message: str) -> None:
    """Print progress on standard error, so that standard output stays the command's own."""
    print(f"bootstrap: {message}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Carry out one verb; return the exit code."""
    try:
        match arguments:
            case ["runtime" | "dev" as kind]:
                stamp = read_stamp()
                if stamp != fingerprint(wanted_kind(kind, stamp)):
                    install(kind)
            case ["airflow-3.2"]:
                install_oldest_airflow()
            case ["lock"]:
                recompile_locks(upgrade=bool(os.environ.get("UPGRADE")))
            case _:
                raise BootstrapError("Usage: bin/bootstrap runtime|dev|airflow-3.2|lock")
    except BootstrapError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
