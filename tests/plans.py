"""Plans of the statements that a session executes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import psycopg

Plan = dict[str, Any]
BIG = {
    "identity_registry", "identity_links", "identity_unmatched", "drivers_index", "records_index", "lead_events",
    "lead_ledger", "cabinet_claims", "cabinet_financials", "partner_claims", "paid_payments", "payment_names",
    "drivers", "summary_daily", "module_ct_cabinet_payments",
}  # fmt: skip


class Plans:
    """The plans of what a session executed, by auto_explain."""

    def __init__(self, session: psycopg.Connection[Any]) -> None:
        self.found: list[Plan] = []
        session.execute("load 'auto_explain'")
        for name, value in {
            "auto_explain.log_min_duration": "0",
            "auto_explain.log_analyze": "on",
            "auto_explain.log_timing": "off",
            "auto_explain.log_format": "json",
            "client_min_messages": "log",
            "max_parallel_workers_per_gather": "0",
        }.items():
            session.execute("select set_config(%s, %s, false)", [name, value])
        session.add_notice_handler(self._take)

    def _take(self, notice: psycopg.errors.Diagnostic) -> None:
        _, is_plan, text = (notice.message_primary or "").partition("plan:\n")
        if is_plan:
            self.found.append(json.loads(text))

    def scanned(self) -> set[tuple[str, str]]:
        """Big tables that were read as a whole, each with the statement that did it."""
        return {
            (str(node["Relation Name"]), _begin(plan))
            for plan in self.found
            for node in nodes(plan["Plan"])
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG and node["Actual Loops"] > 0
        }

    def reading_more(self, tables: Collection[str], than: int) -> set[tuple[str, str]]:
        """Those of the tables of which a statement read more rows, by whatever scan, each with that statement."""
        return {
            (str(node["Relation Name"]), _begin(plan))
            for plan in self.found
            for node in nodes(plan["Plan"])
            if node.get("Relation Name") in tables
            and node["Node Type"] != "ModifyTable"
            and (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] > than
        }

    def scanned_repeatedly(self) -> set[tuple[str, str]]:
        """Tables that were read as a whole more than once by a statement, each with that statement."""
        return {
            (str(node["Relation Name"]), _begin(plan))
            for plan in self.found
            for node in nodes(plan["Plan"])
            if "Relation Name" in node and "Index Cond" not in node and node["Actual Loops"] > 1
        }


def _begin(plan: Plan) -> str:
    return " ".join(plan["Query Text"].split())[:90]


def nodes(node: Plan) -> Iterator[Plan]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)
