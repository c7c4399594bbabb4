"""What codes of the database are called on pages, in Spanish and English: rules, reasons, states, sources.

A code that is not listed is shown as it is: nothing is hidden because nobody has named it yet.
"""

from __future__ import annotations

from collections.abc import Callable

from control_tower.i18n.money_codes import MONEY
from control_tower.web.language import Language

NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "source": {
        "module_ct_cabinet_leads": ("Lead de cabinet", "Cabinet lead"),
        "module_ct_scouting_daily": ("Registro de scouting", "Scouting row"),
        "module_ct_migrations": ("Migración de flota", "Fleet migration"),
        "module_ct_cabinet_payments": ("Pago de cabinet", "Cabinet payment"),
        "drivers": ("Cuenta de conductor", "Driver account"),
        "lead_ledger": ("Libro de leads", "Lead ledger"),
        "cabinet": ("Cabinet", "Cabinet"),
        "scouting": ("Scouting", "Scouting"),
        "fleet_migration": ("Migración de flota", "Fleet migration"),
    },
    "rule": {
        "MANUAL": ("una persona lo decidió", "a human decided it"),
        "DRIVER_DIRECT": ("el registro trae el driver_id", "the record carries the driver_id"),
        "R1_PHONE_EXACT": ("mismo teléfono", "same phone"),
        "R2_LICENSE_EXACT": ("misma licencia", "same licence"),
        "R3_PLATE_EXACT_NAME_SIMILAR": (
            "misma placa y nombre parecido, contratado en esas fechas",
            "same plate and similar name, hired around that date",
        ),
        "R3B_PLATE_NAME_NO_DATE": (
            "misma placa y nombre parecido, en otra fecha",
            "same plate and similar name, at another time",
        ),
        "R4_CAR_FINGERPRINT_NAME_SIMILAR": (
            "mismo auto y nombre muy parecido, contratado en esas fechas",
            "same car and very similar name, hired around that date",
        ),
        "NEW_PERSON": ("persona nueva: nadie más tiene sus datos", "a new person: nobody else has these data"),
        "DRIVER_MATCH": ("cuenta de esta persona", "an account of this person"),
        "BACKFILL_LICENSE_MATCH": ("misma licencia (programa anterior)", "same licence (former program)"),
        "BACKFILL_PHONE_MATCH": ("mismo teléfono (programa anterior)", "same phone (former program)"),
        "BACKFILL_NEW_PERSON": ("persona nueva (programa anterior)", "a new person (former program)"),
        "driver_direct": ("el registro trae el driver_id", "the record carries the driver_id"),
    },
    "confidence": {
        "HIGH": ("confianza alta", "high confidence"),
        "MEDIUM": ("confianza media", "medium confidence"),
        "LOW": ("confianza baja", "low confidence"),
        "high": ("confianza alta", "high confidence"),
        "medium": ("confianza media", "medium confidence"),
        "low": ("confianza baja", "low confidence"),
    },
    "reason": {
        "NO_CANDIDATES": ("Nadie comparte sus datos", "Nobody shares its data"),
        "MULTIPLE_CANDIDATES": ("Varias personas posibles", "Several possible persons"),
        "NAME_CONTRADICTION": ("Mismo dato, otro nombre", "Same value, other name"),
        "WEAK_MATCH_ONLY": ("Solo parecidos débiles", "Only weak likeness"),
        "MISSING_KEYS": ("Le faltan datos", "Data are missing"),
        "NO_PERSON_KEY": ("Sin clave de persona", "No person key"),
        "ERROR": ("Error al leerlo", "Could not be read"),
        "OTHER_PERSON": ("Otra persona encaja mejor", "Another person fits better"),
    },
    "reason_long": {
        "NO_CANDIDATES": (
            "Ninguna cuenta ni persona tiene este teléfono, licencia o placa, ni un auto y un nombre parecidos.",
            "No account and no person has this phone, licence or plate, or a similar car and name.",
        ),
        "MULTIPLE_CANDIDATES": (
            "Las pruebas señalan a más de una persona. La máquina no adivina: decida usted.",
            "The evidence points to more than one person. The machine never guesses: decide.",
        ),
        "NAME_CONTRADICTION": (
            "Alguien tiene exactamente este teléfono o licencia, pero con un nombre claramente distinto.",
            "Somebody has exactly this phone or licence, but clearly another name.",
        ),
        "WEAK_MATCH_ONLY": (
            "Hay alguien con la misma placa o el mismo auto, pero el nombre no alcanza para afirmarlo.",
            "Somebody has the same plate or car, but the name does not say enough.",
        ),
        "MISSING_KEYS": (
            "El registro no tiene fecha, o no trae nada que identifique a alguien.",
            "The record has no date, or nothing in it identifies anybody.",
        ),
    },
    "verdict": {
        "VERY": ("nombre casi idéntico", "nearly the same name"),
        "AGREE": ("nombre parecido", "similar name"),
        "UNDECIDED": ("el nombre no decide", "the name does not tell"),
        "CONTRADICT": ("nombre claramente distinto", "clearly another name"),
    },
    "value": {
        "phone": ("teléfono", "phone"),
        "license": ("licencia", "licence"),
        "plate": ("placa", "plate"),
        "driver_id": ("driver_id", "driver_id"),
        "car": ("auto", "car"),
        "name": ("nombre", "name"),
        "date": ("fecha", "date"),
    },
    "category": {
        "A": ("Eventos sin scout", "Events without a scout"),
        "C": ("Sin eventos (legado)", "No events (legacy)"),
        "D": ("Scout sin propagar", "Scout not propagated"),
    },
    "category_long": {
        "A": (
            "Tiene eventos, pero ninguno trae un scout. Suele ser un lead de cabinet que nadie reclamó.",
            "Has events, and none of them names a scout: mostly cabinet leads that nobody claimed.",
        ),
        "C": (
            "Está enlazada, pero no tiene eventos con fecha: viene de antes de este sistema.",
            "Is linked, but has no dated events: it comes from before this system.",
        ),
        "D": (
            "Un evento trae scout y el libro todavía no: la próxima corrida lo propaga, salvo que haya conflicto.",
            "An event names a scout and the ledger does not: the next run propagates it, unless there is a conflict.",
        ),
    },
    "ledger_rule": {
        "MANUAL": ("decisión de una persona", "decision of a human"),
        "A": ("un solo scout en sus eventos", "one scout in its events"),
        "A_FLEET": ("llegó por migración de flota", "came by fleet migration"),
        "B": ("lead de cabinet sin scout", "cabinet lead without a scout"),
        "C": ("varios scouts: conflicto", "several scouts: conflict"),
        "U": ("sin asignar", "unassigned"),
        "BACKFILL_SINGLE_SCOUT_FROM_EVENTS": (
            "completado: un solo scout en sus eventos",
            "filled in: one scout in its events",
        ),
    },
    "decision": {
        "assigned": ("asignado", "assigned"),
        "unassigned": ("sin asignar", "unassigned"),
        "conflict": ("en conflicto", "in conflict"),
    },
    "decision_kind": {
        "resolve_scout_conflict": ("decidió quién trajo a la persona", "decided who brought the person"),
        "resolve_unmatched_lead": ("decidió de quién es el registro", "decided whose record it is"),
        "revert_backfill": ("revirtió una corrida", "reverted a run"),
    },
    "run_status": {
        "RUNNING": ("En curso", "Running"),
        "COMPLETED": ("Completada", "Completed"),
        "FAILED": ("Falló", "Failed"),
        "NEVER_RUN": ("Nunca ha corrido", "Never ran"),
    },
    "airflow_state": {
        "queued": ("En cola", "Queued"),
        "running": ("En curso", "Running"),
        "success": ("Terminada", "Finished"),
        "failed": ("Falló", "Failed"),
    },
    "job": {
        "identity_run": ("Ingesta de identidad", "Identity ingestion"),
        "scout_attribution_refresh": ("Atribución de scouts", "Scout attribution"),
        "drivers_index_refresh": ("Índice de conductores", "Driver index"),
    },
    "severity": {
        "OK": ("Bien", "OK"),
        "YELLOW": ("Atención", "Warning"),
        "RED": ("Problema", "Problem"),
        "UNKNOWN": ("Sin datos", "Unknown"),
        "WARN": ("Atención", "Warning"),
        "FAIL": ("Problema", "Problem"),
    },
    "unmatched_status": {
        "OPEN": ("Abierto", "Open"),
        "IGNORED": ("Apartado por alguien", "Set aside by a human"),
        "RESOLVED": ("Resuelto", "Resolved"),
    },
    "attribution_reason": {
        "SATISFACTORY_BELOW_50": (
            "Menos de la mitad de las personas tiene scout en el libro.",
            "Less than half of the persons have a scout in the ledger.",
        ),
        "SATISFACTORY_BELOW_80": (
            "Menos del 80 % de las personas tiene scout en el libro.",
            "Less than 80% of the persons have a scout in the ledger.",
        ),
        "CONFLICTS_OVER_50": ("Hay más de 50 conflictos abiertos.", "There are more than 50 open conflicts."),
        "CONFLICTS_OVER_100": ("Hay más de 100 conflictos abiertos.", "There are more than 100 open conflicts."),
        "NO_PERSONS": (
            "Todavía no hay ninguna persona: falta la primera ingesta.",
            "There is no person yet: the first ingestion has not run.",
        ),
    },
    "check_group": {
        "pipeline": ("Procesos", "Pipelines"),
        "quality": ("Calidad", "Quality"),
        "source": ("Fuentes", "Sources"),
        "invariant": ("Integridad de los datos", "Integrity of the data"),
        "dag": ("Archivos de DAG", "DAG files"),
        "channel": ("Canales de alerta", "Alert channels"),
        "health": ("Vigilancia", "Monitoring"),
        "probe": ("Vigilancia", "Monitoring"),
    },
    "check_subject": {
        "health.itself": ("La vigilancia misma", "The watch itself"),
        "health.checks": ("Se comprueba a su hora", "Checks are made in time"),
        "probe.channel": ("Se pueden mirar los canales de alerta", "Alert channels can be looked at"),
        "probe.dag": ("Se pueden mirar los archivos de DAG", "DAG files can be looked at"),
        "probe.history": ("Se puede limpiar el historial", "Old history can be cleared away"),
        "probe.health": ("Se puede mirar la vigilancia misma", "The watch itself can be looked at"),
        "probe.invariant": ("Se puede comprobar la integridad", "Integrity can be checked"),
        "probe.pipeline": ("Se pueden mirar los procesos", "Pipelines can be looked at"),
        "probe.quality": ("Se puede medir la calidad", "Quality can be measured"),
        "probe.source": ("Se pueden mirar las fuentes", "Sources can be looked at"),
        "quality.scout_attribution": ("Calidad de la atribución de scouts", "Quality of scout attribution"),
    },
    "delivery": {
        "PENDING": ("pendiente", "waiting"),
        "SENT": ("enviado", "sent"),
        "GIVEN_UP": ("no se pudo enviar", "given up"),
    },
    "channel": {"mail": ("correo", "mail"), "slack": ("Slack", "Slack")},
    "audited": {
        "identity_links": ("Vínculo", "Link"),
        "lead_events": ("Evento", "Event"),
        "lead_ledger": ("Libro", "Ledger"),
    },
    "audit_method": {
        "SINGLE_SCOUT_FROM_EVENTS": ("un solo scout en sus eventos", "one scout in its events"),
        "BACKFILL_SINGLE_SCOUT_FROM_EVENTS": (
            "completado: un solo scout en sus eventos",
            "filled in: one scout in its events",
        ),
        "ONE_LEAD_ONE_SCOUTING_ROW": (
            "un solo lead y un solo registro de scouting de la misma persona",
            "one lead and one scouting row of the same person",
        ),
        "CONFLICT_SEVERAL_SCOUTS": ("varios scouts: conflicto", "several scouts: conflict"),
        "CONFLICT_ENDED": ("el conflicto terminó", "the conflict ended"),
        "MANUAL_DECISION": ("decisión de una persona", "decision of a human"),
        "PERSON_REMOVED": ("la persona ya no existe", "the person is gone"),
        "REVERTED": ("se deshizo una corrida", "a run was undone"),
    },
    "audit_note": {
        "new ledger row": ("primera vez en el libro", "first time in the ledger"),
        "ledger row existed, state assigned": ("ya estaba en el libro, asignada", "was in the ledger, assigned"),
        "ledger row existed, state unassigned": ("ya estaba en el libro, sin asignar", "was in the ledger, unassigned"),
        "ledger row existed, state conflict": ("ya estaba en el libro, en conflicto", "was in the ledger, in conflict"),
        "its phone or licence is somebody else's": (
            "su teléfono o licencia es de otra persona",
            "its phone or licence is somebody else's",
        ),
    },
    "audit_action": {
        "CREATED": ("creado", "created"),
        "UPDATED": ("cambiado", "changed"),
        "SKIPPED": ("sin cambio", "left as it was"),
        "AMBIGUOUS": ("ambiguo, no se tocó", "ambiguous, not touched"),
        "ERROR": ("error", "error"),
        "NO_MAPPING": ("sin correspondencia 1:1", "no 1:1 mapping"),
        "REVERTED": ("revertido", "reverted"),
    },
    **MONEY,
}
"""Groups of codes, each code with its Spanish and English name."""


def speaker(language: Language) -> Callable[[str, str | None], str]:
    """The function `say(group, code)` of the templates: what a code is called."""
    place = 0 if language == "es" else 1

    def name(group: str, code: str | None) -> str:
        if code is None:
            return "–"
        found = NAMES[group].get(code)
        return found[place] if found else code

    return name
