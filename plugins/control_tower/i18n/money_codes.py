"""What codes of claims, payments and liquidation are called on pages, in Spanish and English."""

from __future__ import annotations

MONEY: dict[str, dict[str, tuple[str, str]]] = {
    "payment": {
        "PAID": ("Pagado", "Paid"),
        "PAID_MISAPPLIED": ("Pagado en otro hito", "Paid for another milestone"),
        "UNPAID": ("Sin pagar", "Unpaid"),
    },
    "overdue": {
        "0_not_due": ("No vencido", "Not due"),
        "1_1_7": ("1–7 días", "1–7 days"),
        "2_8_14": ("8–14 días", "8–14 days"),
        "3_15_30": ("15–30 días", "15–30 days"),
        "4_30_plus": ("Más de 30 días", "More than 30 days"),
    },
    "claim_reason": {
        "paid": ("pagado", "paid"),
        "missing_driver_id": ("falta el driver_id", "driver_id is missing"),
        "missing_milestone": ("falta el hito", "milestone is missing"),
        "payment_found_other_milestone": ("hay un pago de otro hito", "there is a payment of another milestone"),
        "payment_found_person_key_only": ("hay un pago de la misma persona", "there is a payment of the same person"),
        "no_payment_found": ("no se encontró pago", "no payment found"),
    },
    "liquidation": {
        "PENDING": ("Pendiente", "Pending"),
        "ELIGIBLE": ("Pagable", "Eligible"),
        "BLOCKED": ("Bloqueado", "Blocked"),
    },
    "block": {
        "CONFLICT": ("Varios scouts la reclaman", "Several scouts claim them"),
        "NO_SCOUT": ("Nadie la trajo", "Nobody brought them"),
        "NO_IDENTITY": ("Sin cuenta de conductor", "No driver account"),
        "QUARANTINED": ("Cuentas en cuarentena", "Accounts in quarantine"),
        "NO_RULE": ("Ninguna regla paga este lead", "No rule pays this lead"),
    },
    "quality": {
        "SATISFACTORY_LEDGER": ("En el libro", "In the ledger"),
        "EVENTS_ONLY": ("Solo en eventos", "Only in events"),
        "MIGRATIONS_ONLY": ("Solo en migraciones", "Only in migrations"),
        "SCOUTING_DAILY_ONLY": ("Solo en scouting", "Only in scouting"),
        "CABINET_PAYMENTS_ONLY": ("Solo en pagos", "Only in payments"),
        "MISSING": ("Sin scout", "No scout"),
    },
}
"""Groups of codes, each code with its Spanish and English name."""
