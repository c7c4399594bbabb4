"""docker-compose.yaml says what a production set-up has to say, as the compose specification reads it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import control_tower
from control_tower.settings import ENV_PREFIX, Settings
from tests.deploy.compose import COMPOSE, PROJECT, VARIABLE, read_compose

SERVICES: dict[str, dict[str, Any]] = read_compose({})["services"]
ONE_SHOT = {"check", "init"}
FOR_EVER = sorted(set(SERVICES) - ONE_SHOT)
OURS = sorted(name for name, service in SERVICES.items() if str(service["image"]).startswith("control-tower:"))
NOT_SETTINGS = {"sql_dir"}
"""Of the package's settings, those that the image decides."""


def example() -> dict[str, str]:
    """The variables of .env.example."""
    text = (PROJECT / ".env.example").read_text()
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_it_is_what_the_compose_specification_allows():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_schema_refuses_what_the_specification_does_not_know(tmp_path: Path):
    broken = yaml.safe_load(COMPOSE.read_text())
    broken["services"]["scheduler"]["helth"] = {}
    file = tmp_path / "docker-compose.yaml"
    file.write_text(yaml.safe_dump(broken))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("name", FOR_EVER)
def test_a_service_that_stays_is_checked_restarted_and_bounded(name: str):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    check = service["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_has_limits_and_short_logs_and_is_not_root(name: str):
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert service["user"] not in ("", "root", "0", "0:0")
    assert not service.get("privileged")
    assert re.search(r":[\w.-]*\d", service["image"]), "a version, and never whatever is newest"


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_what_runs_once_is_not_started_again(name: str):
    assert SERVICES[name]["restart"] == "no"


def test_nothing_starts_before_the_secrets_were_checked():
    def comes_after_check(name: str) -> bool:
        before = SERVICES[name].get("depends_on") or {}
        return any(other == "check" or comes_after_check(other) for other in before)

    # The mail catcher has no secret and keeps nothing.
    assert {name for name in SERVICES if not comes_after_check(name)} == {"check", "mail"}
    for service in SERVICES.values():
        for other, how in (service.get("depends_on") or {}).items():
            wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert how["condition"] == wanted


def test_what_starts_tasks_waits_for_the_api_server():
    waiting = {name for name, service in SERVICES.items() if "api-server" in (service.get("depends_on") or {})}
    assert waiting == {"scheduler", "worker"}


def test_data_lives_in_named_volumes_and_secrets_are_mounted_read_only():
    volumes = read_compose({})["volumes"]
    for name, service in SERVICES.items():
        for mount in service.get("volumes", []):
            source, _, options = mount.partition(":")
            assert source in volumes or options.endswith(":ro"), f"{name}: {mount}"
    assert set(volumes) == {"metadata", "warehouse", "logs", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_capabilities_or_gains_privileges(name: str):
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service


def test_what_writes_nothing_but_its_volumes_has_a_file_system_that_is_read_only():
    read_only = {name for name, service in SERVICES.items() if service.get("read_only")}
    # Airflow writes into its home in the others: FAB's configuration in init and api-server, pids in worker and flower.
    assert SERVICES.keys() - read_only == {"init", "api-server", "worker", "flower"}
    assert all("/tmp" in SERVICES[name]["tmpfs"] for name in read_only)


def test_ports_listen_on_loopback_unless_somebody_says_otherwise():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_without_profiles_there_is_neither_celery_nor_a_mail_catcher_nor_a_warehouse():
    by_profile = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert by_profile == {
        "warehouse": ["warehouse"],
        "redis": ["celery"],
        "worker": ["celery"],
        "flower": ["celery"],
        "mail": ["mail"],
    }
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


def test_both_postgres_services_start_alike():
    for key in ("image", "entrypoint", "user", "restart", "shm_size", "depends_on"):
        assert SERVICES["postgres"][key] == SERVICES["warehouse"][key]
    flags = [word for word in SERVICES["warehouse"]["command"] if "=" in word]
    for flag in flags:
        assert re.fullmatch(r"(shared_buffers|max_wal_size|random_page_cost|jit)=\w[\w.]*", flag)


def test_every_setting_of_the_package_reaches_every_airflow_service():
    wanted = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields if name not in NOT_SETTINGS}
    for name in OURS:
        if name not in ("check", "mail"):
            given = {key for key in SERVICES[name]["environment"] if key.startswith(ENV_PREFIX)}
            assert given == wanted, f"{name}: {given ^ wanted}"


def test_no_secret_has_a_value_in_the_file_or_in_the_example():
    sys.path.insert(0, str(PROJECT / "deploy"))
    try:
        from start import SECRETS
    finally:
        sys.path.pop(0)
    variables = list(VARIABLE.finditer(COMPOSE.read_text()))
    for secret in SECRETS:
        defaults = {found["default"] for found in variables if found["name"] == secret.name}
        assert defaults == {""}, secret.name
        assert example()[secret.name] == ""
    secretive = re.compile(r"PASSWORD|SECRET$|SECRET_KEY|FERNET|TOKEN|AIRFLOW_CONN_")
    for service in yaml.safe_load(COMPOSE.read_text())["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if secretive.search(name):
                assert re.fullmatch(r"\$\{\w+:-\}", value), name


def test_each_variable_of_the_example_is_one_that_the_file_reads():
    read = {found["name"] for found in VARIABLE.finditer(COMPOSE.read_text())} - {None}
    assert set(example()) <= read


def test_the_image_is_the_airflow_that_the_lock_names():
    dockerfile = (PROJECT / "Dockerfile").read_text()
    lock = (PROJECT / "requirements-production.txt").read_text()
    tag = re.search(r"^FROM apache/airflow:slim-([\d.]+)-python([\d.]+)$", dockerfile, re.MULTILINE)
    locked = re.search(r"^apache-airflow==(\S+)", lock, re.MULTILINE)
    assert tag is not None
    assert locked is not None
    assert tag[1] == locked[1]
    assert tag[2] in ("3.11", "3.12", "3.13")
    assert "USER root" not in dockerfile
    assert "--require-hashes" in dockerfile
    assert SERVICES["scheduler"]["image"] == f"control-tower:{control_tower.__version__}"


def test_what_the_image_copies_exists_and_is_sent_to_the_builder():
    dockerfile = (PROJECT / "Dockerfile").read_text()
    sent = [line.removeprefix("!") for line in (PROJECT / ".dockerignore").read_text().splitlines() if line[:1] == "!"]
    found = re.findall(r"^COPY --chown=airflow:0 (.+) /opt/airflow/", dockerfile, re.MULTILINE)
    copied = [name for names in found for name in names.split()]
    assert sorted(copied) == sorted(sent)
    assert all((PROJECT / name).exists() for name in copied)
    runbook = {"docs/runbook.es.md", "docs/runbook.en.md"}
    assert set(copied) - runbook == {"dags", "plugins", "sql", "deploy", "requirements-production.txt"}, (
        "devtools stays outside"
    )


def test_the_celery_of_the_lock_is_one_that_the_executor_can_load():
    load = "from airflow.providers.celery.executors.celery_executor import CeleryExecutor, app; print(app.main)"
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
