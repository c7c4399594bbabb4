"""Settings from the environment: `CONTROL_TOWER_*`, typed, validated once.

A secret is declared as `SecretStr`, so that neither `repr` nor a log line shows it.
"""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from control_tower.errors import SettingsInvalid

ENV_PREFIX = "CONTROL_TOWER_"


class Settings(BaseSettings):
    """What an operator may choose. Each field is the variable `CONTROL_TOWER_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    timezone: str = Field("America/Lima", description="Time zone of schedules and of source timestamps without zone.")
    country: Literal["PE", "CO"] = Field("PE", description="How phones, licences and plates are normalised.")
    target_park_id: str | None = Field(
        None, description="park_id that wins between equal candidates; unset: none does."
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
        description="Longest wait of a run for one of the other job, in seconds: they take turns.",
    )
    statement_timeout_seconds: int = Field(
        1_800, ge=1, le=86_400, description="Longest single statement of a pipeline step, in seconds."
    )
    lock_timeout_seconds: int = Field(
        60, ge=1, le=3_600, description="Longest wait of a pipeline step for one lock, in seconds."
    )
    work_memory_mb: int = Field(
        128, ge=4, le=4_096, description="Memory that one sort or join of a pipeline step may take, in MB."
    )
    batch_size: int = Field(
        50_000, ge=1, le=1_000_000, description="Rows or persons that one batch of a backfill takes before it commits."
    )
    language: Literal["es", "en"] = Field("es", description="Language of pages and alerts.")
    sql_dir: Path | None = Field(None, description="Folder of the SQL files, when it is not next to plugins/.")

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is no IANA time zone such as America/Lima") from error
        return value

    @field_validator("sql_dir")
    @classmethod
    def _is_a_folder(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / "migrations").is_dir():
            raise ValueError("is no folder that contains migrations/")
        return value


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read and validated at the first call.

    Raises:
        SettingsInvalid: names each variable and what is wrong with it, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"{ENV_PREFIX}{'.'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise SettingsInvalid(
            f"Settings cannot be used: {faults}.",
            "correct these environment variables (the README lists them all) and restart the process.",
        ) from None
