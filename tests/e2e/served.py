"""An API server of Airflow alone, of any version, at any path, and in front of it a proxy that speaks TLS."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USERS = {name: f"word-of-{name}" for name in ("admin", "op", "user", "viewer")}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
HEALTHY_SECONDS = 240


@dataclass(frozen=True)
class Served:
    """Where it is: `url` without a slash at its end."""

    url: str
    variables: Mapping[str, str]

    @contextmanager
    def login(self, name: str = "admin") -> Iterator[httpx.Client]:
        """A client of its API with the token of a user."""
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False, verify=False) as client:
            answer = client.post("/auth/token", json={"username": name, "password": USERS[name]})
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            yield client


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def served(python: str, home: Path, given: Mapping[str, str], *, path: str = "", tls: bool = False) -> Iterator[Served]:
    """Start it with a Python that has an Airflow, and stop it.

    Args:
        python: The interpreter.
        home: An AIRFLOW_HOME, empty or with the metadata database `airflow.db`.
        given: Further variables: folders and connection.
        path: The path of `[api] base_url`, such as `/team/airflow`.
        tls: Whether a proxy with a certificate of its own stands in front, as `[api] base_url` then says.
    """
    port, outer = free_port(), free_port()
    url = f"https://127.0.0.1:{outer}{path}" if tls else f"http://127.0.0.1:{port}{path}"
    (home / "passwords.json").write_text(json.dumps(USERS))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CONTROL_TOWER"))}
    variables = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": f"{url}/",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "of-this-test-alone" * 4,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{name.upper()}" for name in USERS),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        **given,
    }
    is_migrated = (home / "airflow.db").exists()
    for command in ([] if is_migrated else [("db", "migrate")]) + [("dags", "reserialize")]:
        done = subprocess.run(
            [python, "-m", "airflow", *command], env=variables, cwd=home, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    command = [python, "-m", "airflow", "api-server", *(["--proxy-headers"] if tls else [])]
    log = home / "api-server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=variables, cwd=home, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}{path}", process, log)
        if tls:
            with tls_proxy(home, outer, port):
                yield Served(url, variables)
        else:
            yield Served(url, variables)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + HEALTHY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/api/v2/version", timeout=5, trust_env=False).status_code == 200:
                return
        time.sleep(0.5)
    raise AssertionError(log.read_text()[-4000:])


@contextmanager
def tls_proxy(folder: Path, port: int, upstream: int) -> Iterator[None]:
    """A server that ends TLS and passes requests on, with the headers that proxies add."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.client_address[0]}
            connection = http.client.HTTPConnection("127.0.0.1", upstream, timeout=60)
            try:
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)
            finally:
                connection.close()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Proxy, f"do_{method}", Proxy.pass_on)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Quiet: a browser that does not know a certificate breaks its first session off."""

    server = Server(("127.0.0.1", port), Proxy)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()


def self_signed(folder: Path) -> Path:
    """A file with a key and a certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file
