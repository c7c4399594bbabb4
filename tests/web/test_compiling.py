"""Templates are compiled to do less work than Jinja's own compiler makes of them, and to show the very same."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from inspect import getattr_static
from typing import Any

import psycopg
import pytest
from jinja2 import Environment, StrictUndefined, Template, UndefinedError
from jinja2.compiler import CodeGenerator
from markupsafe import Markup
from starlette.testclient import TestClient

from control_tower.web.pages import rendering
from control_tower.web.pages.compiling import StraightEnvironment
from tests.web.browsing import LISTS, single_pages


class Loud(str):
    """Text that is shown otherwise than it is."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"<{super().__str__()}>"


class Colour(enum.IntEnum):
    RED = 1


class Drawn:
    def __html__(self) -> str:
        return "<hr>"

    def __repr__(self) -> str:
        return "Drawn()"  # names a test, and must be the same in each process


class Quoted(Markup):
    def __html__(self) -> Any:
        return Markup("<q>") + str(self) + Markup("</q>")


VALUES = (
    "plain", "", "a & b", "<i>", "it's", '"x"', "22 nov 2026", "Peña > Ñandú", Markup("<b>safe</b>"), Markup(""),
    Quoted("q"), Loud("x"), Drawn(), 0, -7, 10**20, True, None, Colour.RED, 1.5, Decimal("2.50"), dt.date(2026, 11, 22),
    uuid.UUID(int=7), ["<", 1], {"&": "'"}, b"<",
)  # fmt: skip


def both(source: str, **context: Any) -> tuple[str, str]:
    """What Jinja shows and what we show."""
    jinja, ours = (
        kind(autoescape=True, undefined=StrictUndefined).from_string(source)
        for kind in (Environment, StraightEnvironment)
    )
    return jinja.render(context), ours.render(context)


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ value }}</p>",
        "{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m(value) }}{{ m(x=value) }}",
        "{% set block %}{{ value }}{% endset %}{{ block }}{{ block ~ value }}",
        "{% for one in [value, value] %}{{ one }}{{ ', ' if not loop.last }}{% endfor %}",
        "{{ same(value) }}{{ value | string }}{{ value or '<' }}",
        "{% autoescape false %}{{ value }}{% endautoescape %}{{ value }}",
    ],
)
def test_a_value_is_shown_as_jinja_shows_it(source: str, value: Any) -> None:
    jinja, ours = both(source, value=value, same=lambda it: it)
    assert ours == jinja


@pytest.mark.parametrize(
    "source",
    [
        "{{ f(1, 2, c=3) }}{{ f(*[1, 2], **{'c': 3}) }}{{ f(1, b='<', **{'class': 4}) }}{{ f(1, class=2) }}",
        "{% macro box(a, b='<b>') %}[{{ a }} {{ b }} {{ caller() }}]{% endmacro %}{% call box(1) %}<in>{% endcall %}",
        "{% macro who(a, b=2) %}{{ a }}{{ b }}{{ kwargs }}{{ varargs }}{% endmacro %}{{ who(1, 2, 3, z='<') }}",
        "{% for a in [1, 2] recursive %}{{ a }}{% if a == 1 %}{{ loop([2]) }}{% endif %}{% endfor %}",
        "{% set n = namespace(x=1) %}{% for i in range(3) %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}",
        "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{% set j = joiner('<') %}{{ j() }}{{ j() }}",
    ],
)
def test_a_call_brings_what_jinja_makes_it_bring(source: str) -> None:
    jinja, ours = both(source, f=lambda *values, **named: f"{values} {named}")
    assert ours == jinja


@pytest.mark.parametrize("source", ["{{ nobody }}", "{{ nobody() }}", "{{ value.nobody() }}", "{{ m(nobody) }}"])
def test_a_name_that_nobody_gives_is_an_error(source: str) -> None:
    with pytest.raises(UndefinedError):
        both(source, value="x", m=str)
    environment = StraightEnvironment(autoescape=True, undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        environment.from_string(source).render(value="x", m=str)


def test_the_compiler_asks_nothing_of_a_call_or_of_text() -> None:
    """Nobody would see it on a page if a new Jinja no longer used what we replace: it would only be slower."""
    source = "{% for row in rows %}<td>{{ f.day(row.date) }}</td>{% endfor %}"

    def code(environment: Environment) -> str:
        return str(environment.compile(source, raw=True))

    assert "context.call(" in code(Environment(autoescape=True))
    assert "context.call(" not in code(StraightEnvironment(autoescape=True))
    assert " escape(" in code(Environment(autoescape=True))
    assert " escape(" not in code(StraightEnvironment(autoescape=True))


def test_nothing_that_templates_call_wants_what_it_is_no_longer_given(reader: TestClient) -> None:
    given: dict[str, Any] = {}
    render = Template.render

    def watched(template: Template, names: dict[str, Any]) -> str:
        given.update(template.environment.globals | names)
        return render(template, names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", watched)
        assert reader.get("/scouts/conflicts").status_code == 200
    assert {"f", "say", "here", "asset", "range"} <= set(given)
    for name, value in given.items():
        assert not hasattr(value, "jinja_pass_arg"), name
        for part in dir(type(value)):
            assert not hasattr(getattr_static(type(value), part), "jinja_pass_arg"), f"{name}.{part}"


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_page_is_the_one_that_jinja_itself_would_make(
    reader: TestClient, decider: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    pages: list[tuple[str, str]] = []
    rendered = Environment.get_template
    stock = rendering.templates(lang).overlay()  # type: ignore[arg-type]
    stock.code_generator_class = CodeGenerator
    stock.cache = None

    class Both:
        def __init__(self, name: str) -> None:
            self._ours, self._jinja = rendered(rendering_templates(lang), name), rendered(stock, name)

        def render(self, names: dict[str, Any]) -> str:
            pages.append((self._ours.render(names), self._jinja.render(names)))
            return pages[-1][0]

    rendering_templates: Any = rendering.templates
    monkeypatch.setattr(rendering, "templates", lambda _: type("", (), {"get_template": staticmethod(Both)}))
    for path in (*LISTS, *single_pages(fleet)):
        for browser in (reader, decider):
            assert browser.get(path, headers={"Accept-Language": lang}).status_code == 200, path
    assert len(pages) == 2 * (len(LISTS) + 3)
    for ours, jinja in pages:
        assert ours == jinja
