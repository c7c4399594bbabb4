"""What each state means and what to do about it, in Spanish and English.

A key is a state, a state without its colour, or either with the group of checks in front; `<group>.*` and `*` are for
those that have no words of their own. The first text is a sentence with a place for the subject's name, the second says
what to do.
"""

from __future__ import annotations

from collections.abc import Mapping

States = Mapping[str, tuple[str, str]]

SPANISH: States = {
    "NO_INGESTION": (
        "{name} nunca se ha completado.",
        "Active el DAG identity_ingestion y ejecútelo; si falla, lea las últimas líneas del registro.",
    ),
    "INGESTION_STALE": (
        "{name} no se completa desde hace demasiado tiempo; las vistas de dinero usan datos antiguos.",
        "Mire si Airflow y su planificador están en marcha y si el DAG está activo; luego ejecute identity_ingestion.",
    ),
    "NO_ATTRIBUTION": (
        "{name} nunca se ha completado.",
        "Active el DAG scout_attribution_refresh y ejecútelo después de una ingesta de identidad.",
    ),
    "ATTRIBUTION_STALE": (
        "{name} no se completa desde hace demasiado tiempo.",
        "Mire si Airflow está en marcha y si el DAG está activo; luego ejecute scout_attribution_refresh.",
    ),
    "RUN_FAILED": (
        "La última corrida de {name} falló.",
        "Abra la corrida: el registro de la tarea en rojo dice qué falta. Corríjalo y repítala; nada se pierde.",
    ),
    "RUN_STUCK": (
        "Una corrida de {name} lleva demasiado tiempo en curso.",
        "Abra la corrida y vea en qué tarea está; busque bloqueos en la base. Se puede terminar sin perder nada.",
    ),
    "DAG_PAUSED": (
        "El DAG de {name} está en pausa: no volverá a ejecutarse solo.",
        "Actívelo en Airflow, o silencie esta alerta con el motivo si la pausa es a propósito.",
    ),
    "NO_NEW_DATA": (
        "{name} se completa, pero no llega nada nuevo.",
        "Revise las cargas que alimentan las fuentes: probablemente alguna se detuvo.",
    ),
    "ATTRIBUTION_QUALITY": (
        "La calidad de la atribución de scouts está por debajo de lo aceptable.",
        "Si aún no hay personas, ejecute identity_ingestion. Si no: resuelva los conflictos y revise el backlog.",
    ),
    "ATTRIBUTION_JOB": (
        "La atribución de scouts muestra datos antiguos, porque su proceso no está bien.",
        "Arregle primero el proceso; la calidad se vuelve a medir sola.",
    ),
    "source.NO_DATA": ("La fuente {name} está vacía.", "Revise la carga de esta fuente: nunca ha llegado nada."),
    "source.NO_INGESTION_2D": (
        "La fuente {name} no recibe filas desde hace dos días o más.",
        "Revise la carga de esta fuente y vuelva a lanzarla.",
    ),
    "source.INGESTION_1D": (
        "La fuente {name} no ha recibido filas hoy.",
        "Espere la carga de hoy; si su hora ya pasó, revísela.",
    ),
    "source.INGESTION_STALE": (
        "La fuente {name} no recibe filas desde hace más de lo esperado.",
        "Revise la carga de esta fuente y vuelva a lanzarla.",
    ),
    "source.BUSINESS_LAG": (
        "La fuente {name} recibe filas, pero de días atrasados.",
        "Pregunte a quien la carga por qué faltan los últimos días.",
    ),
    "source.lead_events": (
        "Los eventos de leads no están al día.",
        "Los escribe identity_ingestion: se ponen al día cuando esa ingesta se completa.",
    ),
    "source.ingestion_runs": (
        "Ninguna corrida se ha completado en el plazo esperado.",
        "Se pone al día cuando identity_ingestion se completa.",
    ),
    "source.*": ("La fuente {name} no está al día.", "Revise la carga de esta fuente y vuelva a lanzarla."),
    "INVARIANT_BROKEN": (
        "Los datos incumplen una regla: {name}.",
        "No corrija filas a mano. Vea los ejemplos, busque qué programa las escribió y ejecute de nuevo el proceso.",
    ),
    "CHECK_FAILED": (
        "Una comprobación no se pudo hacer: {name}. No se sabe si está bien.",
        "Lea el mensaje: suele faltar un objeto o un permiso. Ejecute migrate_schema y espere la próxima revisión.",
    ),
    "DAG_IMPORT_ERROR": (
        "Airflow no puede leer el archivo del DAG {name}.",
        "Corrija el error que se muestra, o vuelva a desplegar la versión anterior de los archivos.",
    ),
    "CHECKS_STALE": (
        "Nadie vigila: la revisión de salud no se ejecuta.",
        "Active el DAG pipeline_health y mire si Airflow y su planificador están en marcha.",
    ),
    "NO_CHECKS": ("La revisión de salud nunca se ha ejecutado.", "Active el DAG pipeline_health."),
    "DELIVERY_FAILING": (
        "Las alertas por {name} no llegan.",
        "Revise la conexión del canal en Airflow y que su servidor responda. Lo pendiente se enviará solo.",
    ),
    "CHECKS_INTERRUPTED": (
        "Durante un tiempo nadie vigiló: la revisión de salud no se ejecutó.",
        "Mire por qué Airflow o su planificador estuvo detenido. Un monitor externo (heartbeat) avisa en el momento.",
    ),
    "DATABASE_UNREACHABLE": (
        "La base de datos de Control Tower no responde. Nada se ejecuta y nada se puede revisar.",
        "Revise que el servidor esté en marcha y que la conexión control_tower de Airflow sea correcta.",
    ),
    "CHECKS_IMPOSSIBLE": (
        "La revisión de salud no puede hacer su trabajo en la base de datos: nadie vigila.",
        "Lea el mensaje: suele faltar un objeto o un permiso. Ejecute migrate_schema; se reintenta cada 15 min.",
    ),
    "*": ("{name}", "Abra la página de salud y siga el manual."),
}

ENGLISH: States = {
    "NO_INGESTION": (
        "The {name} has never completed.",
        "Unpause the DAG identity_ingestion and run it; if it fails, read the last lines of its log.",
    ),
    "INGESTION_STALE": (
        "The {name} has not completed for too long; the money views show old data.",
        "See whether Airflow and its scheduler run and the DAG is unpaused; then run identity_ingestion.",
    ),
    "NO_ATTRIBUTION": (
        "The {name} has never completed.",
        "Unpause the DAG scout_attribution_refresh and run it after an identity ingestion.",
    ),
    "ATTRIBUTION_STALE": (
        "The {name} has not completed for too long.",
        "See whether Airflow and its scheduler run and the DAG is unpaused; then run scout_attribution_refresh.",
    ),
    "RUN_FAILED": (
        "The last run of the {name} failed.",
        "Open the run: the log of the red task says what is missing. Correct it and run it again; nothing is lost.",
    ),
    "RUN_STUCK": (
        "A run of the {name} has been going on for too long.",
        "Open the run and see which task it is in; look for locks in the database. It may be ended, nothing is lost.",
    ),
    "DAG_PAUSED": (
        "The DAG of the {name} is paused: it will not run again by itself.",
        "Unpause it in Airflow, or mute this alert with the reason if the pause is meant.",
    ),
    "NO_NEW_DATA": (
        "The {name} completes, but nothing new arrives.",
        "Look at the loads that feed the sources: one of them has probably stopped.",
    ),
    "ATTRIBUTION_QUALITY": (
        "The quality of scout attribution is below what is acceptable.",
        "If there is no person yet, run identity_ingestion. Else: resolve the conflicts and look at the backlog.",
    ),
    "ATTRIBUTION_JOB": (
        "Scout attribution shows old data, because its job is not well.",
        "Mend the job first; quality is measured anew by itself.",
    ),
    "source.NO_DATA": ("The source {name} is empty.", "Look at the load of this source: nothing has ever arrived."),
    "source.NO_INGESTION_2D": (
        "The source {name} has received no rows for two days or more.",
        "Look at the load of this source and start it again.",
    ),
    "source.INGESTION_1D": (
        "The source {name} has received no rows today.",
        "Wait for today's load; if its hour is over, look at it.",
    ),
    "source.INGESTION_STALE": (
        "The source {name} has received no rows for longer than expected.",
        "Look at the load of this source and start it again.",
    ),
    "source.BUSINESS_LAG": (
        "The source {name} receives rows, but of days long past.",
        "Ask whoever loads it why the last days are missing.",
    ),
    "source.lead_events": (
        "Lead events are not up to date.",
        "identity_ingestion writes them: they are up to date again when it completes.",
    ),
    "source.ingestion_runs": (
        "No run has completed within the expected time.",
        "It is up to date again when identity_ingestion completes.",
    ),
    "source.*": ("The source {name} is not up to date.", "Look at the load of this source and start it again."),
    "INVARIANT_BROKEN": (
        "The data break a rule: {name}.",
        "Do not correct rows by hand. See the examples, find the program that wrote them, and run the pipeline again.",
    ),
    "CHECK_FAILED": (
        "A check could not run: {name}. Nobody knows whether it is well.",
        "Read the message: often an object or a right is missing. Run migrate_schema and wait for the next check.",
    ),
    "DAG_IMPORT_ERROR": (
        "Airflow cannot read the file of the DAG {name}.",
        "Correct the error that is shown, or deploy the former version of the files again.",
    ),
    "CHECKS_STALE": (
        "Nobody is watching: the health check does not run.",
        "Unpause the DAG pipeline_health and see whether Airflow and its scheduler run.",
    ),
    "NO_CHECKS": ("The health check has never run.", "Unpause the DAG pipeline_health."),
    "DELIVERY_FAILING": (
        "Alerts by {name} do not arrive.",
        "Check the channel's connection in Airflow and that its server answers. What waits is sent by itself.",
    ),
    "CHECKS_INTERRUPTED": (
        "For a while nobody was watching: the health check did not run.",
        "Find out why Airflow or its scheduler stood still. An outside monitor (heartbeat) tells at once.",
    ),
    "DATABASE_UNREACHABLE": (
        "Control Tower's database does not answer. Nothing runs, and nothing can be checked.",
        "Check that the server runs and that Airflow's connection control_tower is right.",
    ),
    "CHECKS_IMPOSSIBLE": (
        "The health check cannot do its work in the database: nobody is watching.",
        "Read the message: often an object or a right is missing. Run migrate_schema; it is tried again every 15 min.",
    ),
    "*": ("{name}", "Open the health page and follow the runbook."),
}

STATES: dict[str, States] = {"es": SPANISH, "en": ENGLISH}
