"""The pages in Airflow's menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from control_tower.settings import get_settings
from control_tower.web.language import Language

PREFIX = "/control-tower"
"""Where Airflow mounts the application."""


@dataclass(frozen=True)
class MenuEntry:
    """A page that Airflow's menu leads to.

    Attributes:
        path: The page, below the prefix.
        names: What the entry is called. Airflow asks for one name for all readers; it is that of
            `CONTROL_TOWER_LANGUAGE`.
        shorts: What the pages call each other, where the product need not be named.
        is_top_level: It is shown beside Airflow's own entries instead of below Browse.
    """

    path: str
    names: dict[Language, str]
    shorts: dict[Language, str]
    is_top_level: bool = False


MENU = (
    # Airflow's side bar shows about nine letters below an icon.
    MenuEntry("/health", {"es": "Tower", "en": "Tower"}, {"es": "Salud", "en": "Health"}, is_top_level=True),
    MenuEntry(
        "/scouts/attribution-health",
        {"es": "Salud de atribución", "en": "Attribution health"},
        {"es": "Atribución", "en": "Attribution"},
    ),
    MenuEntry(
        "/scouts/conflicts",
        {"es": "Conflictos de scouts", "en": "Scout conflicts"},
        {"es": "Conflictos", "en": "Conflicts"},
    ),
    MenuEntry(
        "/scouts/backlog",
        {"es": "Personas sin scout", "en": "Persons without a scout"},
        {"es": "Sin scout", "en": "No scout"},
    ),
    MenuEntry(
        "/unmatched",
        {"es": "Registros sin persona", "en": "Records without a person"},
        {"es": "Sin persona", "en": "No person"},
    ),
    MenuEntry(
        "/scouts/cobranza-yango",
        {"es": "Cobranza Yango", "en": "Yango collection"},
        {"es": "Cobranza Yango", "en": "Yango collection"},
    ),
    MenuEntry(
        "/scouts/liquidation",
        {"es": "Liquidación de scouts", "en": "Scout liquidation"},
        {"es": "Liquidación", "en": "Liquidation"},
    ),
)


def menu() -> list[dict[str, Any]]:
    """The entries as Airflow's `external_views` has them."""
    language = get_settings().language
    return [
        {
            "name": entry.names[language],
            "href": f"{PREFIX}{entry.path}",
            "destination": "nav",
            "url_route": "control-tower" + entry.path.replace("/", "-"),
            "icon": f"{PREFIX}/static/icon-light.svg",
            "icon_dark_mode": f"{PREFIX}/static/icon-dark.svg",
            **({"nav_top_level": True} if entry.is_top_level else {"category": "browse"}),
        }
        for entry in MENU
    ]
