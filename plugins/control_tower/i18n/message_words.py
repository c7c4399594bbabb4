"""How values, causes and kinds of messages are called, in Spanish and English. The states are in `state_words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from control_tower.i18n.numbers import percent
from control_tower.i18n.state_words import STATES

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
        reasons: Why attribution is not good enough; the states of its job are among the states.
        months: Short names of the months.
        more: That there is more than one problem.
        rest: That there are more problems than a message tells.
        news: Before the title of what a message is sent for, when it tells of more than that.
        handling: Where an alert is acknowledged or muted.
        ago: How long something is past.
        limit: How a value and its limit are put side by side.
        healed: That a run was asked for by itself.
        footer: Who says so and when.
        moment_words: `day`, `hour`, `minute` and `less` than one.
    """

    language: Literal["es", "en"]
    severities: Texts
    over: str
    causes: Texts
    headlines: Texts
    summaries: Texts
    labels: Texts
    names: Texts
    units: Texts
    reasons: Texts
    months: tuple[str, ...]
    more: str
    rest: str
    news: str
    handling: str
    ago: str
    limit: str
    healed: str
    footer: str
    moment_words: Texts

    def cause(self, cause: str) -> str:
        """What a cause is called."""
        return self.causes.get(cause, cause)

    def name(self, group: str, subject: str) -> str:
        """What the subject of a check is called."""
        plain = subject.replace("_", " ") if group == "invariant" else subject
        return self.names.get(f"{group}.{subject}") or self.names.get(subject, plain)

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
        minutes = max(0, int(length.total_seconds() // 60))  # clocks differ, and nothing lasts less than no time
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
        if name.endswith("_days"):
            return self.duration(timedelta(days=float(found)))
        if name.endswith("_pct"):
            return percent(float(found), self.language)
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
        "EXTENDED": "{severity}: {cause}, hay novedades{more}",
        "REPEATED": "{severity} desde hace {duration}: {cause}{more}",
        "CLOSED": "{severity}: {cause}, duró {duration}",
    },
    summaries={
        "OPENED": "Detectado el {since}.",
        "ESCALATED": "Empeoró. El problema empezó el {since}, hace {duration}.",
        "EXTENDED": "Hay algo nuevo de la misma causa; va marcado. Lo primero se detectó el {since}, hace {duration}.",
        "REPEATED": "Sigue igual desde el {since} y nadie lo ha reconocido.",
        "CLOSED": "Todo está bien otra vez. Empezó el {since} y duró {duration}. Lo que había:",
    },
    labels={
        "since": "Detectado",
        "measured": "Medido",
        "also": "También",
        "reasons": "Motivo",
        "last_completed_at": "Última corrida completa",
        "last_ingested_at": "Última carga",
        "last_sent_at": "Último envío",
        "last_check_at": "Revisión anterior",
        "last_business_date": "Última fecha de negocio",
        "run": "Última corrida",
        "sample": "Ejemplos",
        "error": "Mensaje del sistema (en inglés)",
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
        "probe.pipeline": "los procesos",
        "probe.quality": "la calidad de la atribución",
        "probe.source": "las fuentes de datos",
        "probe.invariant": "las reglas de los datos",
        "probe.dag": "los DAG de Airflow",
        "probe.channel": "el envío de alertas",
        "probe.health": "si alguien vigila",
        "probe.history": "la limpieza del historial",
        "audit_chain_is_intact": "toda corrida auditada sigue como se selló",
        "every_event_agrees_with_its_link": "todo evento coincide con su vínculo",
        "attribution_totals_match_recount": "toda cuenta guardada es lo que se cuenta",
        "scout_payments_match_derivation": "todo pago guardado es el que se calcula",
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
        "no_new_data_days": "sin datos nuevos desde hace más de",
        "satisfactory_pct": "scout satisfactorio",
        "conflicts_count": "conflictos abiertos",
        "ingestion_lag_seconds": "última carga hace",
        "cadence_seconds": "frecuencia esperada:",
        "offenders_count": "filas que lo incumplen:",
        "failing_seconds": "mensajes en espera desde hace",
        "waiting_count": "mensajes en espera:",
        "gap_seconds": "sin revisiones durante",
    },
    reasons={
        "NO_PERSONS": "todavía no hay ninguna persona",
        "SATISFACTORY_BELOW_80": "menos de 80 % de las personas con scout satisfactorio",
        "SATISFACTORY_BELOW_50": "menos de 50 % de las personas con scout satisfactorio",
        "CONFLICTS_OVER_50": "más de 50 conflictos abiertos",
        "CONFLICTS_OVER_100": "más de 100 conflictos abiertos",
    },
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    more=" ({count} problemas)",
    rest="Y {count} más: {names}.",
    news="Nuevo: {title}",
    handling="Para reconocerla o silenciarla: página de salud, «Alertas abiertas».",
    ago="hace {duration}",
    limit=" (límite: {limit})",
    healed="Control Tower pidió por sí mismo una corrida de: {run}.",
    footer="Control Tower · {moment} ({zone}) · alerta {episode}, mensaje {message}",
    moment_words={"day": "d", "hour": "h", "minute": "min", "less": "menos de 1 min"},
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
        "EXTENDED": "{severity}: {cause}, there is news{more}",
        "REPEATED": "{severity} for {duration}: {cause}{more}",
        "CLOSED": "{severity}: {cause}, lasted {duration}",
    },
    summaries={
        "OPENED": "Found on {since}.",
        "ESCALATED": "It got worse. The problem began on {since}, {duration} ago.",
        "EXTENDED": "Something of the same cause is new; it is marked. The first was found on {since}, {duration} ago.",
        "REPEATED": "Unchanged since {since}, and nobody has acknowledged it.",
        "CLOSED": "All is well again. It began on {since} and lasted {duration}. What it was:",
    },
    labels={
        "since": "Found",
        "measured": "Measured",
        "also": "Also",
        "reasons": "Reason",
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
        "probe.pipeline": "the pipelines",
        "probe.quality": "the quality of attribution",
        "probe.source": "the data sources",
        "probe.invariant": "the rules of the data",
        "probe.dag": "Airflow's DAGs",
        "probe.channel": "the sending of alerts",
        "probe.health": "whether anybody is watching",
        "probe.history": "the dropping of old history",
    },
    units={
        "age_seconds": "last completed run ago:",
        "running_seconds": "running for",
        "no_new_data_days": "no new data for more than",
        "satisfactory_pct": "scout satisfactory",
        "conflicts_count": "open conflicts",
        "ingestion_lag_seconds": "last load ago:",
        "cadence_seconds": "expected cadence:",
        "offenders_count": "rows that break it:",
        "failing_seconds": "messages waiting for",
        "waiting_count": "messages waiting:",
        "gap_seconds": "no checks for",
    },
    reasons={
        "NO_PERSONS": "there is no person yet",
        "SATISFACTORY_BELOW_80": "less than 80% of the persons have a satisfactory scout",
        "SATISFACTORY_BELOW_50": "less than 50% of the persons have a satisfactory scout",
        "CONFLICTS_OVER_50": "more than 50 open conflicts",
        "CONFLICTS_OVER_100": "more than 100 open conflicts",
    },
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    more=" ({count} problems)",
    rest="And {count} more: {names}.",
    news="New: {title}",
    handling="To acknowledge or mute it: health page, “Open alerts”.",
    ago="{duration} ago",
    limit=" (limit: {limit})",
    healed="Control Tower asked by itself for a run of: {run}.",
    footer="Control Tower · {moment} ({zone}) · alert {episode}, message {message}",
    moment_words={"day": "d", "hour": "h", "minute": "min", "less": "less than 1 min"},
)

WORDS: dict[str, Words] = {words.language: words for words in (SPANISH, ENGLISH)}
