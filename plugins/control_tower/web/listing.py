"""A list of the web: the filtered relation of one SQL file, put in order, cut into pages, counted, exported.

The file is the question; the order comes from a closed table of columns, composed as identifiers by psycopg, so that
the planner can follow an index. (One statement that orders by a bound parameter would sort every row of every page.)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

import psycopg
from psycopg import sql
from pydantic import BaseModel

from control_tower.database import split_statements
from control_tower.masking import Kind
from control_tower.web.params import Pagination
from control_tower.web.permissions import CurrentUser, DagId
from control_tower.web.personal_data import shown
from control_tower.web.sql_files import sql_text

RowT = TypeVar("RowT", bound=BaseModel)
AnswerT = TypeVar("AnswerT")

_PAGE = sql.SQL("select * from ({question}) as listed order by {order} limit %(page_size)s offset %(skipped)s")
_WHOLE = sql.SQL("select * from ({question}) as listed order by {order}")
_COUNT = sql.SQL("select count(*) as total from ({question}) as listed")
_FENCE = sql.SQL(" offset 0")

_NATURAL = {False: sql.SQL("{} asc nulls last"), True: sql.SQL("{} desc nulls last")}
_REVERSED = {False: sql.SQL("{} desc nulls first"), True: sql.SQL("{} asc nulls first")}
"""Directions of a column by whether it descends. The other way round is exactly that, what is not known first: so one
index serves both."""

ROWS_AT_ONCE = 2_000
"""Rows that an export fetches at a time."""


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One page of a list.

    Attributes:
        rows: Its rows.
        pagination: Where it stands.
    """

    rows: list[RowT]
    pagination: Pagination


@dataclass(frozen=True)
class Listing(Generic[RowT]):
    """A list.

    Attributes:
        name: Stem of the file name of its export.
        file: Its query, a file below `sql/`.
        row: The model of a row; its fields are the columns, in order.
        orders: What it can be ordered by: each name with its columns and whether they descend. The first is the
            usual one. Every order ends in the key, so that pages do not overlap.
        dag_id: The DAG whose readers may read it.
        personal: Columns that identify somebody, and how they are masked.
        counted_by: File below `sql/` that says how many rows pass the same filters (`total`), where that
            is cheaper than counting them.
        rare: Filters that few rows pass, each with an index. Those rows are found first and put in order then; left to
            itself, the planner goes through all rows in their order for the few, because it knows little of them.
    """

    name: str
    file: str
    row: type[RowT]
    orders: Mapping[str, tuple[tuple[str, bool], ...]]
    dag_id: DagId
    personal: Mapping[str, Kind] = field(default_factory=dict)
    counted_by: str | None = None
    rare: frozenset[str] = frozenset()

    def page(
        self,
        connection: psycopg.Connection[dict[str, Any]],
        current_user: CurrentUser,
        filters: Mapping[str, Any],
        *,
        page: int,
        page_size: int,
        order: str | None = None,
        total: int | None = None,
    ) -> Page[RowT]:
        """One page of the rows that pass the filters.

        Args:
            connection: A session of `sessions()`.
            current_user: Who looks.
            filters: The parameters of the file.
            page: Which page; the first is 1.
            page_size: Rows per page.
            order: One of `orders`, with `-` before it the other way round; None is the usual one.
            total: How many rows pass the filters, as of a moment ago, where that is known already.
        """
        statement, parameters = self.question_of_page(filters, page=page, page_size=page_size, order=order)
        found = connection.execute(statement, parameters)
        rows = [self.row.model_validate(shown(row, self.personal, current_user)) for row in found]
        is_the_end = len(rows) < page_size and (rows or page == 1)
        if is_the_end:
            total = (page - 1) * page_size + len(rows)
        elif total is None:
            total = self.count(connection, filters)
        return Page(rows, Pagination.of(page, page_size, total))

    def question_of_page(
        self, filters: Mapping[str, Any], *, page: int, page_size: int, order: str | None
    ) -> tuple[sql.SQL, dict[str, Any]]:
        """The statement that brings one page, and its parameters; arguments as of `page`."""
        is_fenced = any(filters.get(name) is not None for name in self.rare)
        parameters = {**filters, "page_size": page_size, "skipped": (page - 1) * page_size}
        return self._page_statement(order, is_fenced), parameters

    def count(self, connection: psycopg.Connection[dict[str, Any]], filters: Mapping[str, Any]) -> int:
        """How many rows pass the filters; see `TTLCache` for how fresh that is."""

        def counted() -> int:
            counting = _statement(self.counted_by) if self.counted_by else _COUNT.format(question=self._question())
            row = connection.execute(counting, filters).fetchone() or {"total": 0}
            return int(row["total"])

        key = (*database_of(connection), self.name, *sorted((name, repr(value)) for name, value in filters.items()))
        return ttl_cache.get(key, counted)

    def export(
        self,
        connection: psycopg.Connection[dict[str, Any]],
        current_user: CurrentUser,
        filters: Mapping[str, Any],
        order: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every row that passes the filters, of one moment, fetched as it is read."""
        with connection.transaction(), connection.cursor(name="export") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            cursor.execute(_WHOLE.format(question=self._question(), order=self._order(order)), filters)
            for row in cursor:
                yield shown(row, self.personal, current_user)

    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self.row.model_fields)

    def _question(self) -> sql.Composable:
        return _statement(self.file)

    def _page_statement(self, order: str | None, is_fenced: bool) -> sql.SQL:
        key = (self.name, order, is_fenced)
        if key not in _pages:
            asked = self._question() + _FENCE if is_fenced else self._question()
            composed = _PAGE.format(question=asked, order=self._order(order))
            _pages[key] = sql.SQL(composed.as_string())
        return _pages[key]

    def _order(self, order: str | None) -> sql.Composed:
        usual = next(iter(self.orders))
        name = (order or usual).removeprefix("-")
        is_reversed = (order or usual).startswith("-")
        directions = _REVERSED if is_reversed else _NATURAL
        return sql.SQL(", ").join(
            directions[descends].format(sql.Identifier(column)) for column, descends in self.orders[name]
        )


def database_of(connection: psycopg.Connection[dict[str, Any]]) -> tuple[str, int, str]:
    """Host, port and name of the database that a session is on: whose answers are remembered."""
    info = connection.info
    return info.host, info.port, info.dbname


_pages: dict[tuple[str, str | None, bool], sql.SQL] = {}
"""Statements of pages by list, order and whether few rows are found first: as many as there are orders."""


@lru_cache(maxsize=256)
def _statement(file: str) -> sql.SQL:
    (statement,) = split_statements(sql_text(file))
    return sql.SQL(statement.rstrip(";"))


class TTLCache:
    """Answers that cost more than they change: kept for twenty times as long as they took, half a minute at most.

    So on a small database a total is of this moment, and on a large one a count of a million rows is not made for
    each of the pages that are looked at together. While one visitor's question renews an answer, others get the old.
    """

    FACTOR = 20.0
    LONGEST_SECONDS = 30.0
    MOST = 1_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[tuple[object, ...], tuple[float, Any]] = {}
        self._asking: set[tuple[object, ...]] = set()

    def get(self, key: tuple[object, ...], ask: Callable[[], AnswerT]) -> AnswerT:
        """The remembered answer, or what `ask()` returns."""
        with self._lock:
            known = self._answers.get(key)
            if known is not None and (time.monotonic() < known[0] or key in self._asking):
                answer: AnswerT = known[1]
                return answer
            self._asking.add(key)
        try:
            began = time.monotonic()
            answer = ask()
            ended = time.monotonic()
            with self._lock:
                if len(self._answers) >= self.MOST:
                    self._answers.clear()
                until = ended + min((ended - began) * self.FACTOR, self.LONGEST_SECONDS)
                self._answers[key] = (until, answer)
            return answer
        finally:
            with self._lock:
                self._asking.discard(key)

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()


ttl_cache = TTLCache()
"""The answers of this process."""
