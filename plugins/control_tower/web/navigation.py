"""The pages in Airflow's menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from control_tower.i18n.catalogue import catalogue
from control_tower.settings import get_settings

PREFIX = "/control-tower"
"""Where Airflow mounts the application."""
RELATIVE = PREFIX.removeprefix("/")


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
    MenuEntry("/review"),
    MenuEntry("/scouts/attribution-health"),
    MenuEntry("/scouts"),
    MenuEntry("/scouts/conflicts"),
    MenuEntry("/scouts/backlog"),
    MenuEntry("/unmatched"),
    MenuEntry("/scouts/cobranza-yango"),
    MenuEntry("/scouts/liquidation"),
    MenuEntry("/scouts/statements"),
    MenuEntry("/runs"),
    MenuEntry("/rehearsals"),
)


def entry_of(path: str) -> MenuEntry | None:
    """The entry that a page belongs to: the longest whose path the page's begins with."""
    entries = [entry for entry in MENU if path == entry.path or path.startswith(f"{entry.path}/")]
    return max(entries, key=lambda entry: len(entry.path), default=None)


def menu() -> list[dict[str, Any]]:
    """The entries for Airflow's `external_views`; it takes one title for all readers.

    Addresses are relative to the `<base href>` of Airflow's own document, which has the path of `[api] base_url`.
    """
    texts = catalogue(get_settings().language)
    return [
        {
            "name": texts.name("menu", entry.path),
            "href": f"{RELATIVE}{entry.path}",
            "destination": "nav",
            "url_route": RELATIVE + entry.path.replace("/", "-"),
            "icon": f"{RELATIVE}/static/icon-light.svg",
            "icon_dark_mode": f"{RELATIVE}/static/icon-dark.svg",
            **({"nav_top_level": True} if entry.is_top_level else {"category": "browse"}),
        }
        for entry in MENU
    ]
