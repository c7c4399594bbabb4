"""How values, causes and kinds of messages are called, in Spanish and English. The states are in `state_words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from control_tower.health.state_words import STATES

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """One language.

    Attributes:
        language: Its code.
        severities: What YELLOW and RED are called.
        over: What the end is called.
        causes: What a cause is called.
        headlines: The subject of each kind of message.
        summaries: One sentence on the episode, for each kind of message.
        labels: Labels of values and links.
        names: What a subject of a check is called, where its code is not good enough.
        units: How a measured value is called, by the name under which it is kept.
        months: Short names of the months.
        more: That there is more than one problem.
        limit: How a value and its limit are put side by side.
        healed: That a run was started by itself.
        footer: Who says so and when.
        moment_words: `day`, `hour`, `minute` and `less` than one.
        decimal: The decimal mark.
    """

    language: str
    severities: Texts
    over: str
    causes: Texts
    headlines: Texts
    summaries: Texts
    labels: Texts
    names: Texts
    units: Texts
    months: tuple[str, ...]
    more: str
    limit: str
    healed: str
    footer: str
    moment_words: Texts
    decimal: str

    def cause(self, cause: str) -> str:
        """What a cause is called."""
        return self.causes.get(cause, cause)

    def name(self, group: str, subject: str) -> str:
        """What the subject of a check is called."""
        return self.names.get(subject, subject.replace("_", " ") if group == "invariant" else subject)

    def state(self, group: str, subject: str, state: str) -> tuple[str, str]:
        """What a state means, with a place for the subject's `name`, and what to do about it."""
        states = STATES[self.language]
        bare = state.removeprefix("YELLOW_").removeprefix("RED_")
        for key in (f"{group}.{subject}", f"{group}.{bare}", bare, f"{group}.*"):
            if key in states:
                return states[key]
        return (f"{{name}}: {state}", states["*"][1])

    def duration(self, length: timedelta) -> str:
        """A length of time as people say it, in at most two units."""
        minutes = int(length.total_seconds() // 60)
        days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
        parts = [(days, "day"), (hours, "hour"), (rest, "minute")]
        said = [f"{count} {self.moment_words[unit]}" for count, unit in parts if count]
        return " ".join(said[:2]) or self.moment_words["less"]

    def measured(self, value: Mapping[str, Any], limit: Mapping[str, Any]) -> str:
        """The values that were measured, each with the limit that it was held against."""
        told = []
        for name, found in value.items():
            if found is None or name not in self.units:
                continue
            text = f"{self.units[name]} {self.quantity(name, found)}"
            if limit.get(name):
                text += self.limit.format(limit=self.quantity(name, limit[name]))
            told.append(text)
        told += [
            f"{self.units[name]} {self.quantity(name, found)}"
            for name, found in limit.items()
            if name not in value and name in self.units and found is not None
        ]
        return "; ".join(told)

    def quantity(self, name: str, found: float) -> str:
        """A number in the unit that the end of its name says."""
        if name.endswith("_seconds"):
            return self.duration(timedelta(seconds=float(found)))
        if name.endswith("_pct"):
            return f"{float(found):.1f} %".replace(".", self.decimal)
        return str(found)


SPANISH = Words(
    language="es",
    severities={"RED": "ROJO", "YELLOW": "AMARILLO"},
    over="RESUELTO",
    causes={
        "identity_run": "ingesta de identidad",
        "scout_attribution_refresh": "atribución de scouts",
        "attribution_quality": "calidad de la atribución de scouts",
        "sources": "fuentes de datos",
        "invariants": "integridad de los datos",
        "airflow": "Airflow estuvo detenido",
        "health": "vigilancia de Control Tower",
        "database": "base de datos",
        "channel.mail": "envío de alertas por correo",
        "channel.slack": "envío de alertas por Slack",
    },
    headlines={
        "OPENED": "{severity}: {cause}{more}",
        "ESCALATED": "{severity} (antes amarillo): {cause}{more}",
        "EXTENDED": "{severity}: {cause}, hay más{more}",
        "REPEATED": "{severity} desde hace {duration}: {cause}{more}",
        "CLOSED": "{severity}: {cause}, duró {duration}",
    },
    summaries={
        "OPENED": "Detectado el {since}.",
        "ESCALATED": "Empeoró. El problema empezó el {since}, hace {duration}.",
        "EXTENDED": "Se sumó otro problema de la misma causa. El primero se detectó el {since}, hace {duration}.",
        "REPEATED": "Sigue igual desde el {since} y nadie lo ha reconocido.",
        "CLOSED": "Todo está bien otra vez. Empezó el {since} y duró {duration}. Lo que había:",
    },
    labels={
        "since": "Desde",
        "measured": "Medido",
        "last_completed_at": "Última corrida completa",
        "last_ingested_at": "Última carga",
        "last_sent_at": "Último envío",
        "last_check_at": "Revisión anterior",
        "last_business_date": "Última fecha de negocio",
        "run": "Última corrida",
        "sample": "Ejemplos",
        "error": "Mensaje del sistema",
        "action": "Qué hacer",
        "runbook": "Manual",
        "open_run": "Abrir la corrida de {name}",
        "open_dag": "Abrir el DAG {name}",
        "page_health": "Página de salud",
        "page_scouts": "Salud de la atribución",
    },
    names={
        "identity_run": "la ingesta de identidad",
        "scout_attribution_refresh": "la atribución de scouts",
        "mail": "correo",
        "slack": "Slack",
        "every_audited_run_is_as_it_was_sealed": "toda corrida auditada sigue como se selló",
        "every_event_agrees_with_its_link": "todo evento coincide con su vínculo",
        "every_kept_count_is_what_a_count_says": "toda cuenta guardada es lo que se cuenta",
        "every_kept_payment_is_as_derived": "todo pago guardado es el que se calcula",
        "every_link_explains_itself": "todo vínculo se explica a sí mismo",
        "every_person_is_counted_once": "toda persona se cuenta una sola vez",
        "every_source_record_is_accounted_for_once": "todo registro de origen se contabiliza una sola vez",
        "no_driver_link_without_a_lead": "ningún conductor se vincula sin un lead",
        "no_link_to_a_missing_person": "ningún vínculo apunta a una persona inexistente",
        "no_merged_person_is_in_use": "ninguna persona fusionada sigue en uso",
    },
    units={
        "age_seconds": "última corrida completa hace",
        "running_seconds": "en curso desde hace",
        "no_new_data_days": "límite de días sin datos nuevos:",
        "satisfactory_pct": "scout satisfactorio",
        "conflicts_count": "conflictos abiertos",
        "ingestion_lag_seconds": "última carga hace",
        "cadence_seconds": "frecuencia esperada:",
        "offenders_count": "filas que lo incumplen:",
        "failing_seconds": "mensajes en espera desde hace",
        "waiting_count": "mensajes en espera:",
        "gap_seconds": "sin revisiones durante",
    },
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    more=" ({count} problemas)",
    limit=" (límite: {limit})",
    healed="Control Tower inició por sí mismo: {run}.",
    footer="Control Tower · {moment} ({zone}) · alerta {episode}, mensaje {message}",
    moment_words={"day": "d", "hour": "h", "minute": "min", "less": "menos de 1 min"},
    decimal=",",
)

ENGLISH = Words(
    language="en",
    severities={"RED": "RED", "YELLOW": "YELLOW"},
    over="RESOLVED",
    causes={
        "identity_run": "identity ingestion",
        "scout_attribution_refresh": "scout attribution",
        "attribution_quality": "quality of scout attribution",
        "sources": "data sources",
        "invariants": "integrity of the data",
        "airflow": "Airflow was not running",
        "health": "Control Tower's own monitoring",
        "database": "database",
        "channel.mail": "alerts by mail",
        "channel.slack": "alerts by Slack",
    },
    headlines={
        "OPENED": "{severity}: {cause}{more}",
        "ESCALATED": "{severity} (was yellow): {cause}{more}",
        "EXTENDED": "{severity}: {cause}, there is more{more}",
        "REPEATED": "{severity} for {duration}: {cause}{more}",
        "CLOSED": "{severity}: {cause}, lasted {duration}",
    },
    summaries={
        "OPENED": "Found on {since}.",
        "ESCALATED": "It got worse. The problem began on {since}, {duration} ago.",
        "EXTENDED": "Another problem of the same cause has joined. The first was found on {since}, {duration} ago.",
        "REPEATED": "Unchanged since {since}, and nobody has acknowledged it.",
        "CLOSED": "All is well again. It began on {since} and lasted {duration}. What it was:",
    },
    labels={
        "since": "Since",
        "measured": "Measured",
        "last_completed_at": "Last completed run",
        "last_ingested_at": "Last load",
        "last_sent_at": "Last sent",
        "last_check_at": "Check before",
        "last_business_date": "Last business date",
        "run": "Last run",
        "sample": "Examples",
        "error": "What the system says",
        "action": "What to do",
        "runbook": "Runbook",
        "open_run": "Open the run of {name}",
        "open_dag": "Open the DAG {name}",
        "page_health": "Health page",
        "page_scouts": "Attribution health",
    },
    names={
        "identity_run": "identity ingestion",
        "scout_attribution_refresh": "scout attribution",
        "mail": "mail",
        "slack": "Slack",
    },
    units={
        "age_seconds": "last completed run ago:",
        "running_seconds": "running for",
        "no_new_data_days": "limit of days without new data:",
        "satisfactory_pct": "scout satisfactory",
        "conflicts_count": "open conflicts",
        "ingestion_lag_seconds": "last load ago:",
        "cadence_seconds": "expected cadence:",
        "offenders_count": "rows that break it:",
        "failing_seconds": "messages waiting for",
        "waiting_count": "messages waiting:",
        "gap_seconds": "no checks for",
    },
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    more=" ({count} problems)",
    limit=" (limit: {limit})",
    healed="Control Tower started by itself: {run}.",
    footer="Control Tower · {moment} ({zone}) · alert {episode}, message {message}",
    moment_words={"day": "d", "hour": "h", "minute": "min", "less": "less than 1 min"},
    decimal=".",
)

WORDS: dict[str, Words] = {words.language: words for words in (SPANISH, ENGLISH)}
