"""The pages in Airflow's menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from control_tower.i18n.catalogue import catalogue
from control_tower.settings import get_settings

PREFIX = "/control-tower"
"""Where Airflow mounts the application."""


@dataclass(frozen=True)
class MenuEntry:
    """A page in Airflow's menu, below Browse or, at top level, beside Airflow's own entries.

    Its titles are in the catalogue: groups `menu` and, between our pages, `menu.short`.
    """

    path: str
    is_top_level: bool = False


MENU = (
    # Airflow's side bar cuts a title of more than about nine letters.
    MenuEntry("/health", is_top_level=True),
    MenuEntry("/scouts/attribution-health"),
    MenuEntry("/scouts/conflicts"),
    MenuEntry("/scouts/backlog"),
    MenuEntry("/unmatched"),
    MenuEntry("/scouts/cobranza-yango"),
    MenuEntry("/scouts/liquidation"),
    MenuEntry("/scouts/statements"),
)


def menu() -> list[dict[str, Any]]:
    """The entries for Airflow's `external_views`; it takes one title for all readers."""
    texts = catalogue(get_settings().language)
    return [
        {
            "name": texts.name("menu", entry.path),
            "href": f"{PREFIX}{entry.path}",
            "destination": "nav",
            "url_route": "control-tower" + entry.path.replace("/", "-"),
            "icon": f"{PREFIX}/static/icon-light.svg",
            "icon_dark_mode": f"{PREFIX}/static/icon-dark.svg",
            **({"nav_top_level": True} if entry.is_top_level else {"category": "browse"}),
        }
        for entry in MENU
    ]
