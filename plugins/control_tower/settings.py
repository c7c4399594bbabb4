"""Settings from the environment: `CONTROL_TOWER_*`, typed, validated once.

A secret is declared as `SecretStr`, so that neither `repr` nor a log line shows it.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from control_tower.alert_routes import Route
from control_tower.alert_routes import parse as parse_routes
from control_tower.errors import SettingsInvalid
from control_tower.sources import WATCHED_SOURCES

ENV_PREFIX = "CONTROL_TOWER_"

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as settings name them."""


class Settings(BaseSettings):
    """Operator settings. Each field is the environment variable `CONTROL_TOWER_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    timezone: str = Field("America/Lima", description="Time zone of schedules and of source timestamps without zone.")
    country: Literal["PE", "CO"] = Field("PE", description="How phones, licences and plates are normalised.")
    target_park_id: str | None = Field(
        None,
        description="park_id of the fleet that the leads are for. Its accounts win between equal ones of a person, R4 "
        "looks for cars among them alone, and being one of them is (weak) evidence. Unset: all parks are alike.",
    )
    hot_value_people: int = Field(
        5,
        ge=1,
        le=1000,
        description="A phone, licence or plate that more people than this carry is no evidence alone.",
    )
    takeover_seconds: int = Field(
        90,
        ge=1,
        le=86_400,
        description="Seconds without a sign of life after which a RUNNING run counts as abandoned.",
    )
    wait_seconds: int = Field(
        1_800,
        ge=0,
        le=86_400,
        description="Longest wait of a run for one of the other job, in seconds: the two jobs never overlap.",
    )
    statement_timeout_seconds: int = Field(
        1_800, ge=1, le=86_400, description="Longest single statement of a pipeline step, in seconds."
    )
    lock_timeout_seconds: int = Field(
        60, ge=1, le=3_600, description="Longest wait of a pipeline step for one lock, in seconds."
    )
    work_memory_mb: int = Field(
        128,
        ge=4,
        le=4_096,
        description="Memory that one sort or join of a pipeline step may take, in MB; its temporary tables may take"
        " twice as much.",
    )
    batch_size: int = Field(
        50_000, ge=1, le=1_000_000, description="Rows or persons that one batch of a backfill takes before it commits."
    )
    partitions: int | None = Field(
        None,
        ge=1,
        le=64,
        description="Parts in which a run of ingestion compares names, weighs, decides and assigns persons, each a task"
        " with a session of its own: as many as workers and database have cores for. Unset: the cores of the machine"
        " that opens the run, at most 8. The result does not depend on it.",
    )
    language: Literal["es", "en"] = Field("es", description="Language of pages and alerts.")
    personal_data_roles: str = Field(
        "admin,op,user",
        description="Airflow roles, by commas, that see phones, licences, plates and names; others see them masked.",
    )
    monitor_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Bearer token that lets a monitor read `/control-tower/api/v1/health`; unset: users alone may.",
    )
    web_statement_timeout_seconds: int = Field(
        15, ge=1, le=600, description="Longest single query of a page or API answer, in seconds."
    )
    web_sessions: int = Field(
        8,
        ge=1,
        le=100,
        description="Database sessions that one API server process keeps for pages and API answers; at most as many"
        " more record access to personal data.",
    )
    attribution_follows_ingestion: bool = Field(
        False,
        description="The attribution refresh runs after each ingestion as well as every four hours.",
    )
    airflow_pool: str | None = Field(
        None, max_length=256, description="Airflow pool of all tasks, which must exist; unset: Airflow's default pool."
    )
    priority_weight: int = Field(
        1, ge=1, le=1_000_000, description="Airflow's priority weight of all tasks, among those that wait for a slot."
    )
    alert_recipients: str | None = Field(
        None, max_length=2_000, description="Mail addresses that alerts go to, by commas; unset: no mail is sent."
    )
    alert_routes: Annotated[tuple[Route, ...], NoDecode] = Field(
        (),
        description="What each channel gets, by severity and subject, such as"
        " `mail=YELLOW,slack=RED,notify=RED:database+payments`: YELLOW is warnings and problems, RED problems, NONE"
        " nothing; a channel that is not named gets all. Subjects: `identity_run`, `scout_attribution_refresh`,"
        " `attribution_quality`, `payments`, `sources`, `invariants`, `airflow`, `health`, `database`, `channel`.",
    )
    alert_repeat_hours: int = Field(
        24, ge=1, le=720, description="Hours after which an alert without acknowledgement is sent again."
    )
    alert_timeout_seconds: int = Field(
        10, ge=1, le=120, description="Longest wait for a mail server, Slack or the heartbeat URL, in seconds."
    )
    health_history_days: int = Field(
        90, ge=1, le=3_650, description="Days for which state changes of checks and past health checks are kept."
    )
    heartbeat_url: SecretStr | None = Field(
        None, description="URL called after each health check, Healthchecks style: `/fail` is appended when it is RED."
    )
    public_url: str | None = Field(
        None, description="Public address of Airflow, for links; unset: Airflow's `[api] base_url`."
    )
    runbook_url: str | None = Field(
        None,
        description="Web address of the runbook's folder, if it is published; else alerts link to our page.",
    )
    self_heal: bool = Field(False, description="The health check starts a stale pipeline, once per alert.")
    stuck_after_minutes: int = Field(
        120, ge=1, le=10_080, description="A run that is RUNNING for longer than this counts as stuck, in minutes."
    )
    no_new_data_days: int = Field(
        3,
        ge=1,
        le=365,
        description="Completed runs that bring nothing new for longer than this are YELLOW, in days.",
    )
    source_cadence_hours: Annotated[Mapping[str, int] | None, NoDecode] = Field(
        None,
        description="Hours between two loads of a source, such as `drivers=48,yango_payment_ledger=0`; 0: it is not"
        " watched; not named: 24, and 720 for `module_ct_scouts_list`.",
    )
    source_grace_hours: int = Field(
        3, ge=0, le=18, description="Hours that a load may be late before its source is YELLOW; after 18 it is RED."
    )
    source_own_grace_hours: Annotated[Mapping[str, int] | None, NoDecode] = Field(
        None,
        description="The same for single sources, such as `summary_daily=6`; not named:"
        " `CONTROL_TOWER_SOURCE_GRACE_HOURS`.",
    )
    source_zones: Annotated[Mapping[str, str] | None, NoDecode] = Field(
        None,
        description="Time zone in which a source's loader writes when a row arrived, where the column has none, such as"
        " `module_ct_scouting_daily=UTC`; not named: `CONTROL_TOWER_TIMEZONE`.",
    )
    source_weekdays: Annotated[Mapping[str, tuple[int, ...]] | None, NoDecode] = Field(
        None,
        description="Days of the week on which a source is loaded, such as"
        " `yango_payment_ledger=mon-fri,summary_daily=tue-sat,drivers=mon+thu`; not named: every day.",
    )
    trip_days_come_in_parts: bool = Field(
        False,
        description="Several rows of one driver's day in `summary_daily` are parts of it, to be added; else they are"
        " versions, of which the newest counts.",
    )
    sql_dir: Path | None = Field(None, description="Folder of the SQL files, when it is not next to plugins/.")

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        return _zone(value)

    @field_validator("alert_recipients")
    @classmethod
    def _are_addresses(cls, value: str | None) -> str | None:
        for address in filter(None, (part.strip() for part in (value or "").split(","))):
            if not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+", address):
                raise ValueError("is no list of mail addresses such as ana@example.org,luis@example.org")
        return value

    @field_validator("alert_routes", mode="before")
    @classmethod
    def _are_routes(cls, value: object) -> object:
        return parse_routes(value) if isinstance(value, str) else value

    @field_validator("heartbeat_url", "public_url", "runbook_url")
    @classmethod
    def _is_a_web_address(cls, value: str | SecretStr | None) -> str | SecretStr | None:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if plain is not None and not re.fullmatch(r"https?://[^\s/]\S*", plain):
            raise ValueError("is no web address that begins with http:// or https://")
        return value

    @field_validator("source_cadence_hours", "source_own_grace_hours", mode="before")
    @classmethod
    def _are_hours_per_source(cls, value: object) -> object:
        return _per_source(value, r"\d{1,5}", int, "drivers=48,yango_payment_ledger=0")

    @field_validator("source_zones", mode="before")
    @classmethod
    def _are_zones_per_source(cls, value: object) -> object:
        return _per_source(value, r"[\w/+-]+", _zone, "module_ct_scouting_daily=UTC,drivers=America/Bogota")

    @field_validator("source_weekdays", mode="before")
    @classmethod
    def _are_weekdays_per_source(cls, value: object) -> object:
        return _per_source(value, r"[A-Za-z+-]+", _weekdays, "yango_payment_ledger=mon-fri,drivers=mon+thu")

    @field_validator("source_cadence_hours", "source_own_grace_hours", "source_zones", "source_weekdays")
    @classmethod
    def _are_watched_sources(cls, value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if value is None:
            return None
        if not value.keys() <= set(WATCHED_SOURCES):
            raise ValueError(f"names a source that is not watched; these are: {', '.join(WATCHED_SOURCES)}")
        return MappingProxyType(dict(value))

    @field_validator("source_cadence_hours")
    @classmethod
    def _is_a_cadence(cls, value: Mapping[str, int] | None) -> Mapping[str, int] | None:
        if any(not 0 <= hours <= 8_784 for hours in (value or {}).values()):
            raise ValueError("has a cadence that is not between 0 and 8784 hours")
        return value

    @field_validator("source_own_grace_hours")
    @classmethod
    def _is_a_grace(cls, value: Mapping[str, int] | None) -> Mapping[str, int] | None:
        if any(not 0 <= hours <= 18 for hours in (value or {}).values()):
            raise ValueError("has a grace that is not between 0 and 18 hours")
        return value

    @field_validator("sql_dir")
    @classmethod
    def _is_a_folder(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / "migrations").is_dir():
            raise ValueError("is no folder that contains migrations/")
        return value


def _per_source(value: object, pattern: str, read: Callable[[str], Any], example: str) -> object:
    """The entries of a list `source=value,…`, each value read; what is no text is left as it is."""
    if not isinstance(value, str):
        return value
    entries: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        name, separator, text = (word.strip() for word in part.partition("="))
        if not separator or not re.fullmatch(pattern, text):
            raise ValueError(f"is no list such as {example}")
        entries[name] = read(text)
    return entries


def _zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is no IANA time zone such as America/Lima") from error
    return name


def _weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri`, `mon+thu`, `sat-mon+wed` as ISO numbers, Monday is 1."""
    days: set[int] = set()
    for part in text.lower().split("+"):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS or part.endswith("-"):
            raise ValueError(f"names a day that is none of {', '.join(WEEKDAYS)}")
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.update((begin + step) % 7 + 1 for step in range((end - begin) % 7 + 1))
    return tuple(sorted(days))


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read and validated at the first call.

    Raises:
        SettingsInvalid: names each invalid variable and its error, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsInvalid(
            f"Settings cannot be used: {_faults(error)}.",
            "correct these environment variables (docs/reference.md lists them all) and restart the process.",
        ) from None


def settings_with(changes: Mapping[str, Any], among: Collection[str]) -> Settings:
    """The settings of this process with some of them changed, by field.

    Raises:
        SettingsInvalid: names each that is not among those that may change, or has a value that cannot be used, never
            the value.
    """
    others = sorted(set(changes) - set(among))
    if others:
        raise SettingsInvalid(f"{', '.join(others)} cannot be changed here.", f"use only {', '.join(among)}.")
    try:
        return Settings(**changes)
    except ValidationError as error:
        raise SettingsInvalid(
            f"Settings cannot be used: {_faults(error)}.", "give a value that docs/reference.md allows."
        ) from None


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{ENV_PREFIX}{'.'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
