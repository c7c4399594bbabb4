"""What each error code says to people, and what it tells them to do, in both languages.

A code has, per language, what went wrong and the next action. Names in braces are filled by whoever refuses.
"""

from __future__ import annotations

from control_tower.web.language import Language

SENTENCES: dict[str, dict[Language, tuple[str, str]]] = {
    "NOT_LOGGED_IN": {
        "es": ("No hay una sesión válida.", "Inicie sesión en Airflow y repita la consulta."),
        "en": ("There is no valid session.", "Log in to Airflow and try again."),
    },
    "FORBIDDEN": {
        "es": ("Airflow no le permite hacer esto.", "Pida a quien administra Airflow el permiso sobre el DAG."),
        "en": ("Airflow does not let you do this.", "Ask whoever administers Airflow for the right on the DAG."),
    },
    "CROSS_SITE": {
        "es": (
            "La petición no viene de estas páginas.",
            "Hágala desde las páginas de Control Tower, o con un token Bearer, o con la cabecera X-Control-Tower: 1.",
        ),
        "en": (
            "The request does not come from these pages.",
            "Make it from the pages of Control Tower, or with a Bearer token, or with the header X-Control-Tower: 1.",
        ),
    },
    "PERSONAL_DATA": {
        "es": (
            "Su rol no permite ver teléfonos, licencias ni nombres, y por eso tampoco buscar por ellos.",
            "Pida un rol de CONTROL_TOWER_PERSONAL_DATA_ROLES, o busque por driver_id.",
        ),
        "en": (
            "Your role may not see phones, licences or names, and hence not search by them.",
            "Ask for a role of CONTROL_TOWER_PERSONAL_DATA_ROLES, or search by driver_id.",
        ),
    },
    "NOT_FOUND": {
        "es": ("Esta dirección no existe.", "Revise la dirección; la descripción está en openapi.json."),
        "en": ("There is nothing at this address.", "Check the address; openapi.json describes all of them."),
    },
    "UNKNOWN_PERSON": {
        "es": (
            "No hay ninguna persona con esta clave, ni la hubo nunca.",
            "Copie la person_key de una lista, o busque a la persona.",
        ),
        "en": (
            "There is no person under this key, and none was ever merged from it.",
            "Copy the person_key from a list, or search for the person.",
        ),
    },
    "UNKNOWN_RECORD": {
        "es": (
            "No se ha ingerido ningún registro con esta fuente y clave.",
            "Copie source_table y source_pk de una lista, o espere a la próxima ingesta.",
        ),
        "en": (
            "No record of this source and key has been ingested.",
            "Copy source_table and source_pk from a list, or wait for the next ingestion.",
        ),
    },
    "UNKNOWN_ALERT": {
        "es": ("No hay ninguna alerta con este número.", "Actualice la lista de alertas."),
        "en": ("There is no alert under this number.", "Reload the list of alerts."),
    },
    "METHOD_NOT_ALLOWED": {
        "es": ("Esta dirección no acepta este método.", "Use uno de los métodos de la cabecera Allow."),
        "en": ("This address does not take this method.", "Use one of the methods of the header Allow."),
    },
    "ALREADY_RUNNING": {
        "es": ("Ya hay una corrida de {dag_id} en curso o en cola.", "Espere a que termine y mire su resultado."),
        "en": ("A run of {dag_id} is at work or queued.", "Wait until it ends and look at its result."),
    },
    "LINK_STANDS": {
        "es": (
            "El registro está enlazado y nada habla en contra de ese enlace.",
            "Si aun así es incorrecto, decida otra vez con replace_link.",
        ),
        "en": (
            "The record is linked, and nothing speaks against that link.",
            "If it is wrong all the same, decide again with replace_link.",
        ),
    },
    "INVALID": {
        "es": ("La petición no se puede usar así; no se escribió nada.", "Corrija los campos que se nombran."),
        "en": ("The request cannot be used as it is; nothing was written.", "Correct the fields that are named."),
    },
    "UNKNOWN_SCOUT": {
        "es": (
            "Nadie conoce este scout: ni los eventos de la persona ni la lista de scouts.",
            "Corrija el número, o registre al scout en la lista; vacío significa que nadie trajo a la persona.",
        ),
        "en": (
            "Nobody knows this scout: neither the person's events nor the list of scouts.",
            "Correct the number, or have the scout entered in the list; null says that nobody brought the person.",
        ),
    },
    "UNKNOWN_DRIVER": {
        "es": ("No se ha ingerido ninguna cuenta con este driver_id.", "Copie el driver_id de la flota."),
        "en": ("No driver account under this driver_id has been ingested.", "Copy the driver_id from the fleet."),
    },
    "REFUSED": {
        "es": ("Airflow rechazó la corrida: {reason}", "Corrija lo que se nombra y repita."),
        "en": ("Airflow refused the run: {reason}", "Correct what it names and try again."),
    },
    "PAUSED": {
        "es": ("El DAG {dag_id} está pausado; una corrida esperaría para siempre.", "Reanude el DAG y repita."),
        "en": ("The DAG {dag_id} is paused; a run would wait for ever.", "Unpause the DAG and try again."),
    },
    "UNEXPECTED": {
        "es": (
            "Algo falló en el servidor; lo que se pidió no se hizo.",
            "Repita; si vuelve a fallar, dé el error_id a quien administra Airflow.",
        ),
        "en": (
            "Something failed in the server; what was asked for was not done.",
            "Try again; if it fails again, give the error_id to whoever administers Airflow.",
        ),
    },
    "DATABASE_UNREACHABLE": {
        "es": (
            "La base de datos no responde; los procesos y los datos no han cambiado por ello.",
            "Repita en un momento; si sigue así, dé el error_id a quien administra Airflow.",
        ),
        "en": (
            "The database does not answer; the pipelines and the data are as they were.",
            "Try again in a moment; if it stays so, give the error_id to whoever administers Airflow.",
        ),
    },
    "DATABASE_BUSY": {
        "es": ("La base de datos tardó demasiado.", "Repita en un momento, o acote la consulta con filtros."),
        "en": ("The database took too long.", "Try again in a moment, or narrow the question by filters."),
    },
    "DATABASE_INCOMPLETE": {
        "es": (
            "A la base de datos le falta algo que esta versión necesita.",
            "Pida que se ejecute el DAG migrate_schema; el error_id lleva a los detalles.",
        ),
        "en": (
            "The database lacks something that this version needs.",
            "Have the DAG migrate_schema run; the error_id leads to the details.",
        ),
    },
    "DAG_NOT_READY": {
        "es": ("Airflow no puede iniciar {dag_id} ahora.", "Mire en Airflow si el DAG existe y si tiene errores."),
        "en": ("Airflow cannot start {dag_id} now.", "Look in Airflow whether the DAG exists and has errors."),
    },
}
