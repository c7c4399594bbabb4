"""Lists of the web: the filtered rows of one SQL file, ordered, paged, counted and exported.

The order comes from a closed table of columns, composed as identifiers by psycopg, so that
the planner can follow an index. (One statement that orders by a bound parameter would sort every row of every page.)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar

import psycopg
from psycopg import sql
from pydantic import BaseModel

from control_tower.database import split_statements
from control_tower.masking import Kind
from control_tower.web.params import Pagination
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.sql_files import execute_prepared, sql_text

RowT = TypeVar("RowT", bound=BaseModel)
AnswerT = TypeVar("AnswerT")

_PAGE = sql.SQL("select {columns} from ({query}) as listed order by {order} limit %(page_size)s offset %(skipped)s")
_WHOLE = sql.SQL("select {columns} from ({query}) as listed order by {order}")
_COUNT = sql.SQL("select count(*) as total from ({query}) as listed")
_COUNT_SOME = sql.SQL("select count(*) as total from ({query} limit {most}) as listed")
_ADDED_UP = sql.SQL("select coalesce(sum({column}), 0)::bigint as total from ({totals}) as totals")
_OF_LISTED = sql.SQL("with listed as ({query}) {totals}")
"""Totals name the filtered rows `listed`, so that the filters stand in the file of the list alone."""

_FENCE = sql.SQL(" offset 0")

_NATURAL = {False: sql.SQL("{} asc nulls last"), True: sql.SQL("{} desc nulls last")}
_REVERSED = {False: sql.SQL("{} desc nulls first"), True: sql.SQL("{} asc nulls first")}
"""Directions of a column by whether it descends. The other way round is exactly that, what is not known first: so one
index serves both."""

ROWS_AT_ONCE = 2_000
"""Rows that an export fetches at a time."""

BETWEEN_RUNS_SECONDS = 600.0
"""How long `remembered` keeps an answer at most."""

FEW_ROWS = 10_000
"""Rows that are found first and put in order then (`Listing.rare`)."""


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One page of a list."""

    rows: list[RowT]
    pagination: Pagination


@dataclass(frozen=True)
class Listing(Generic[RowT]):
    """A list.

    Attributes:
        name: Its name in the API and of the file of its export.
        file: Its query, a file below `sql/`.
        row: The model of a row; its fields are the columns, in order.
        orders: What it can be ordered by: each name with its columns and whether they descend. The first is the
            usual one. Every order ends in the key, so that pages do not overlap.
        description: What it shows.
        personal: Columns that identify somebody, and how they are masked.
        counted_by: File below `sql/` and the column of it that adds up to the number of rows that pass the filters,
            where that is cheaper than counting them. The file is as those of `totals`.
        rare: Filters that few rows pass, each with an index. Those rows are found first and put in order then; left to
            itself, the planner goes through all rows in their order for the few, because it knows little of them.
            Where more than `FEW_ROWS` pass, such as what a first load wrote, the order is followed as in other lists,
            and people are told no more than that there are more.
        is_remembered: Whether its pages are as fresh as `count`: for rows that take long to add up.
    """

    name: str
    file: str
    row: type[RowT]
    orders: Mapping[str, tuple[tuple[str, bool], ...]]
    description: str
    personal: Mapping[str, Kind] = field(default_factory=dict)
    counted_by: tuple[str, str] | None = None
    rare: frozenset[str] = frozenset()
    is_remembered: bool = False

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
        or_last: bool = False,
    ) -> Page[RowT]:
        """One page of the rows that pass the filters.

        Args:
            connection: A session of `connection_pools()`.
            current_user: Who reads.
            filters: The parameters of the file.
            page: Which page; the first is 1.
            page_size: Rows per page.
            order: One of `orders`, with `-` before it the other way round; None is the usual one.
            total: How many rows pass the filters, as of a moment ago, where that is known already.
            or_last: Whether a page after the last is the last one, for people; programs get no rows there.
        """
        few = self._few_rows(connection, filters)
        is_fenced = few is not None and few <= FEW_ROWS
        # the exact number takes as long as reading them all: for programs, and for pages far behind
        is_more = few is not None and not is_fenced and or_last and page * page_size <= FEW_ROWS
        total = few if is_fenced or is_more else total
        if or_last and page > 1:
            total = self.count(connection, filters) if total is None else total
            page = max(1, min(page, -(-total // page_size)))
        statement, parameters = self.page_query(
            filters, page=page, page_size=page_size, order=order, is_fenced=is_fenced
        )
        found: Iterable[dict[str, Any]]
        if self.is_remembered:
            found = self._cached(connection, statement, f"{self.name} by {order}", parameters)
        else:
            found = connection.execute(statement, parameters)
        rows = [self.row.model_validate(shown(row, self.personal, current_user)) for row in found]
        if or_last and page > 1 and not rows:  # it became shorter since it was counted
            return self.page(connection, current_user, filters, page=1, page_size=page_size, order=order)
        is_the_end = len(rows) < page_size and (rows or page == 1)
        if is_the_end:
            total = (page - 1) * page_size + len(rows)
        elif total is None:
            total = self.count(connection, filters)
        return Page(rows, Pagination.of(page, page_size, total, is_more=is_more and not is_the_end))

    def _few_rows(self, connection: psycopg.Connection[dict[str, Any]], filters: Mapping[str, Any]) -> int | None:
        """How many rows pass a rare filter, at most one more than `FEW_ROWS`; None: no such filter is set."""
        if all(filters.get(name) is None for name in self.rare):
            return None
        counting = _COUNT_SOME.format(query=self._query(), most=sql.Literal(FEW_ROWS + 1))
        (row,) = self._cached(connection, counting, f"{self.name}, some", filters)
        return int(row["total"])

    def page_query(
        self, filters: Mapping[str, Any], *, page: int, page_size: int, order: str | None, is_fenced: bool = False
    ) -> tuple[sql.Composed, dict[str, Any]]:
        """The statement that brings one page, and its parameters; arguments as of `page`.

        `is_fenced`: the rows that pass the filters are few (see `rare`).
        """
        query = self._query() + _FENCE if is_fenced else self._query()
        statement = _PAGE.format(columns=self._columns(), query=query, order=self._order(order))
        return statement, {**filters, "page_size": page_size, "skipped": (page - 1) * page_size}

    def count(self, connection: psycopg.Connection[dict[str, Any]], filters: Mapping[str, Any]) -> int:
        """How many rows pass the filters; see `TTLCache` for how fresh that is."""
        counting = _COUNT.format(query=self._query())
        if self.counted_by is not None:
            file, column = self.counted_by
            counting = _ADDED_UP.format(column=sql.Identifier(column), totals=self._of_listed(file))
        (row,) = self._cached(connection, counting, self.name, filters)
        return int(row["total"])

    def totals(
        self, connection: psycopg.Connection[dict[str, Any]], file: str, filters: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """The rows of a file of totals, which reads the rows that pass the filters as `listed`; as fresh as `count`."""
        return self._cached(connection, self._of_listed(file), file, filters)

    def _cached(
        self,
        connection: psycopg.Connection[dict[str, Any]],
        query: sql.Composed,
        name: str,
        filters: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        key = (*as_decided(connection), name, *sorted((part, repr(value)) for part, value in filters.items()))
        return ttl_cache.get(key, lambda: connection.execute(query, filters).fetchall())

    def _of_listed(self, file: str) -> sql.Composed:
        return _OF_LISTED.format(query=self._query(), totals=_statement(file))

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
            cursor.execute(
                _WHOLE.format(columns=self._columns(), query=self._query(), order=self._order(order)), filters
            )
            for row in cursor:
                yield shown(row, self.personal, current_user)

    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self.row.model_fields)

    def _columns(self) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier("listed", column) for column in self.row.model_fields)

    def _query(self) -> sql.Composable:
        return _statement(self.file)

    def _order(self, order: str | None) -> sql.Composed:
        chosen = order or next(iter(self.orders))
        directions = _REVERSED if chosen.startswith("-") else _NATURAL
        columns = self.orders[chosen.removeprefix("-")]
        return sql.SQL(", ").join(directions[descends].format(sql.Identifier(column)) for column, descends in columns)


def database_of(connection: psycopg.Connection[dict[str, Any]]) -> tuple[str, int, str]:
    """Host, port and name of the database that a session is on: part of each cache key."""
    info = connection.info
    return info.host, info.port, info.dbname


def newest_decision(connection: psycopg.Connection[dict[str, Any]]) -> tuple[int, int]:
    """The number of the newest human decision, 0 if there is none; and how many of the newest wait for their money."""
    row = execute_prepared(connection, "web/review/newest_decision.sql").fetchone() or {"id": None, "awaiting": 0}
    return row["id"] or 0, row["awaiting"]


def as_decided(connection: psycopg.Connection[dict[str, Any]]) -> tuple[object, ...]:
    """`database_of` and `newest_decision`, for answers that a decision changes.

    So what was counted before a human decided, or before the money followed, is counted again, in every process of the
    web.
    """
    return *database_of(connection), *newest_decision(connection)


def remembered(
    connection: psycopg.Connection[dict[str, Any]], key: tuple[object, ...], compute: Callable[[], AnswerT]
) -> AnswerT:
    """An answer from what runs and decisions left alone: while no run is active, nothing else changes it.

    So it is kept longer than `TTLCache` keeps others, and computed anew after a run or a decision.
    """
    run = execute_prepared(connection, "web/review/newest_run.sql").fetchone() or {"id": None, "is_active": False}
    longest = TTLCache.LONGEST_SECONDS if run["is_active"] else BETWEEN_RUNS_SECONDS
    return ttl_cache.get((*as_decided(connection), *run.values(), *key), compute, longest=longest)


@cache
def _statement(file: str) -> sql.SQL:
    (statement,) = split_statements(sql_text(file))
    return sql.SQL(statement.rstrip(";"))


class TTLCache:
    """A cache whose entries live `FACTOR` times as long as they took to compute, `LONGEST_SECONDS` at most.

    So on a small database a total is current, and on a large one a count of a million rows is not repeated
    for every page of a list. While one request computes an answer, others get the old one, or wait if there is none.
    """

    FACTOR = 20.0
    LONGEST_SECONDS = 30.0
    MAX_ENTRIES = 1_000

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._answers: dict[tuple[object, ...], tuple[float, Any]] = {}
        self._computing: set[tuple[object, ...]] = set()

    def get(
        self,
        key: tuple[object, ...],
        compute: Callable[[], AnswerT],
        *,
        seconds: float | None = None,
        longest: float = LONGEST_SECONDS,
    ) -> AnswerT:
        """The cached answer, or what `compute()` returns.

        `seconds`: how long it lives, if not as said above; `longest`: instead of `LONGEST_SECONDS`.
        """
        with self._lock:
            while True:
                cached = self._answers.get(key)
                if cached is not None and (time.monotonic() < cached[0] or key in self._computing):
                    answer: AnswerT = cached[1]
                    return answer
                if key not in self._computing:
                    break
                self._lock.wait()
            self._computing.add(key)
        try:
            began = time.monotonic()
            answer = compute()
            ended = time.monotonic()
            with self._lock:
                if len(self._answers) >= self.MAX_ENTRIES:
                    self._answers.clear()
                lives = min((ended - began) * self.FACTOR, longest) if seconds is None else seconds
                self._answers[key] = (ended + lives, answer)
            return answer
        finally:
            with self._lock:
                self._computing.discard(key)
                self._lock.notify_all()

    def clear(self) -> None:
        """Drop every answer."""
        with self._lock:
            self._answers.clear()


ttl_cache = TTLCache()
"""The cache of this process."""
