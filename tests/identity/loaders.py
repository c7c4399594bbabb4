"""A loader that does what loaders do to their tables, at random: it owns them, and asks nobody."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import psycopg

Warehouse = psycopg.Connection[Any]

LOADED: dict[str, dict[str, tuple[str, ...]]] = {
    "drivers": {
        "driver_id": ("varchar", "text"),
        "phone": ("varchar", "bigint", "text"),
        "full_name": ("varchar", "text"),
        "hire_date": ("date", "timestamp", "timestamptz", "text"),
        "created_at": ("timestamp", "timestamptz"),
    },
    "module_ct_cabinet_leads": {
        "id": ("integer", "bigint", "numeric"),
        "external_id": ("varchar", "text"),
        "first_name": ("varchar", "text"),
        "park_phone": ("varchar", "bigint", "float8", "numeric"),
        "lead_created_at": ("timestamp", "timestamptz", "text"),
        "created_at": ("timestamp", "timestamptz"),
    },
    "module_ct_scouting_daily": {
        "id": ("bigint", "integer", "text", "numeric"),
        "scout_id": ("integer", "bigint", "text", "float8", "numeric"),
        "driver_name": ("varchar", "text"),
        "driver_phone": ("varchar", "bigint", "text"),
        "registration_date": ("date", "timestamp", "timestamptz", "text"),
        "created_at": ("timestamp", "timestamptz", "text"),
    },
    "module_ct_migrations": {
        "id": ("bigint", "integer", "text"),
        "driver_id": ("varchar", "text"),
        "driver_name": ("varchar", "text"),
        "scout_id": ("integer", "bigint", "float8"),
        "hire_date": ("date", "timestamp", "text"),
        "created_at": ("timestamp", "timestamptz"),
    },
    "summary_daily": {
        "driver_id": ("varchar", "text"),
        "date_file": ("varchar", "text", "date"),
        "count_orders_completed": ("integer", "bigint", "float8"),
        "created_at": ("timestamp", "timestamptz"),
    },
}
"""The columns that it fills, with the types that it gives them; the first is ours."""

PHONES = {"drivers": "phone", "module_ct_cabinet_leads": "park_phone", "module_ct_scouting_daily": "driver_phone"}

NAMES = (
    "Ana Torres Vega",
    "Luis Rojas Paz",
    "Pedro Quispe Mamani",
    "Rosa Díaz Soto",
    "Jorge Huamán Ríos",
    "Eva Cruz Lara",
)


class Loader:
    """Acts on the tables in a session of its own; `done` counts its actions, `obstacles` what it broke on purpose."""

    def __init__(self, session: Warehouse, rng: random.Random) -> None:
        self.session = session
        self.rng = rng
        self.done: Counter[str] = Counter()
        self.obstacles: dict[str, str] = {}
        self.locked: str | None = None
        self.number = 0
        session.execute("set timezone = 'America/Lima'")
        session.execute("set lock_timeout = '20s'")

    def act(self, *, is_readable: bool = False) -> str:
        """One random action on one random table, which stays readable if asked for; returns its name."""
        if not is_readable and (self.locked or (self.obstacles and self.rng.random() < 0.7)):
            return self.mend()
        table = self.rng.choice([table for table in LOADED if table not in self.obstacles])
        actions = (
            *(self.add, self.add, self.edit, self.delete),
            *(self.rename_into_place, self.rename_into_place, self.create_anew, self.reload, self.truncate),
            *(self.alter_type, self.alter_type, self.alter_type),
        )
        action = self.rng.choice(actions if is_readable else (*actions, self.lock, self.spoil))
        action(table)
        self.done[f"{action.__name__} during a run" if is_readable else action.__name__] += 1
        return f"{action.__name__} {table}"

    def add(self, table: str) -> None:
        self._insert(table, table)

    def _insert(self, table: str, target: str) -> None:
        for _ in range(self.rng.randint(1, 4)):
            self.number += 1
            number, name = self.number, self.rng.choice(NAMES)
            phone = f"9{self.rng.randint(12_345_000, 12_345_400)}"
            day = f"2026-{self.rng.randint(9, 11)}-{self.rng.randint(10, 28)}"
            values: dict[str, dict[str, Any]] = {
                "drivers": {"driver_id": f"D{number}", "phone": phone, "full_name": name, "hire_date": day},
                "module_ct_cabinet_leads": {
                    "id": number,
                    "external_id": self.rng.choice((f"L{number}", None)),
                    "first_name": name,
                    "park_phone": phone,
                    "lead_created_at": f"{day} {self.rng.choice(('00:10', '12:00', '23:30'))}:00",
                },
                "module_ct_scouting_daily": {
                    "id": number,
                    "scout_id": self.rng.randint(1, 5),
                    "driver_name": name,
                    "driver_phone": phone,
                    "registration_date": day,
                },
                "module_ct_migrations": {
                    "id": number,
                    "driver_id": f"D{self.rng.randint(1, number)}",
                    "driver_name": name,
                    "hire_date": day,
                },
                "summary_daily": {
                    "driver_id": f"D{self.rng.randint(1, number)}",
                    "date_file": day,
                    "count_orders_completed": self.rng.randint(0, 30),
                },
            }
            row = {**values[table], "created_at": f"{day} 20:00:00"}
            columns = ", ".join(row)
            literals = ", ".join("null" if value is None else f"'{value}'" for value in row.values())
            self._do(f"insert into public.{target} ({columns}) values ({literals})")

    def edit(self, table: str) -> None:
        change = "created_at = created_at"
        if table in PHONES:
            change = f"{PHONES[table]} = '9{self.rng.randint(12_345_000, 12_345_400)}'"
        self._do(f"update public.{table} set {change} where ctid in {self._some(table, 2)}")

    def delete(self, table: str) -> None:
        self._do(f"delete from public.{table} where ctid in {self._some(table, 1)}")

    def rename_into_place(self, table: str) -> None:
        """Build a new table beside the old one, with new rows in it, and swap both; sometimes swap back later."""
        self._do(f"drop table if exists public.{table}_old, public.{table}_new")
        self._do(f"create table public.{table}_new (like public.{table})")
        self._do(f"insert into public.{table}_new select * from public.{table}")
        self._insert(table, f"{table}_new")
        with self.session.transaction():
            self._do(f"alter table public.{table} rename to {table}_old")
            self._do(f"alter table public.{table}_new rename to {table}")

    def create_anew(self, table: str) -> None:
        """As `to_sql(if_exists='replace')` does: drop it, create it without keys and defaults, and fill it."""
        self._do(f"create temporary table kept as select * from public.{table}")
        self._do(f"drop table public.{table}")
        self._do(f"create table public.{table} (like kept)")
        self._do(f"insert into public.{table} select * from kept")
        self._do("drop table kept")

    def reload(self, table: str) -> None:
        with self.session.transaction():
            self._do(f"create temporary table kept on commit drop as select * from public.{table}")
            self._do(f"truncate public.{table}")
            self._do(f"insert into public.{table} select * from kept")

    def truncate(self, table: str) -> None:
        self._do(f"truncate public.{table}")
        self._insert(table, table)

    def alter_type(self, table: str) -> None:
        column = self.rng.choice(list(LOADED[table]))
        kind = self.rng.choice(LOADED[table][column])
        self._do(f"alter table public.{table} alter {column} drop default")
        self._do(f"alter table public.{table} alter {column} type {kind} using {column}::text::{kind}")

    def lock(self, table: str) -> None:
        """Keep the table to itself, as a long load does, until it is mended."""
        self.session.execute("begin")
        self._do(f"lock table public.{table} in access exclusive mode")
        self.locked = table

    def spoil(self, table: str) -> None:
        """Leave the table in a state that nobody can read: away, without a column, or with a type that says nothing."""
        column = self.rng.choice(list(LOADED[table]))
        away, renamed, jsonb = range(3)
        how = self.rng.randrange(3) if column != "created_at" or table != "module_ct_cabinet_leads" else away
        if how == away:
            self._do(f"alter table public.{table} rename to {table}_away")
            self.obstacles[table] = f"alter table public.{table}_away rename to {table}"
        elif how == renamed:
            self._do(f"alter table public.{table} rename {column} to {column}_away")
            self.obstacles[table] = f"alter table public.{table} rename {column}_away to {column}"
        elif how == jsonb:
            self._do(f"alter table public.{table} rename {column} to {column}_away")
            self._do(f"alter table public.{table} add {column} jsonb")
            self.obstacles[table] = (
                f"alter table public.{table} drop {column}; alter table public.{table} rename {column}_away to {column}"
            )

    def mend(self) -> str:
        """Let go of the lock, or put one table right again."""
        if self.locked:
            name, self.locked = f"commit {self.locked}", None
            self.session.execute("commit")
        else:
            table = self.rng.choice(list(self.obstacles))
            name = f"mend {table}"
            for statement in self.obstacles.pop(table).split("; "):
                self._do(statement)
        self.done["mend"] += 1
        return name

    def _some(self, table: str, count: int) -> str:
        return f"(select ctid from public.{table} order by random() limit {count})"

    def _do(self, statement: str) -> None:
        self.session.execute(statement.encode())
