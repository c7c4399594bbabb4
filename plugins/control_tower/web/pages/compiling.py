"""How the templates are compiled: to the same output as Jinja's own compiler, with less work for each cell of a list.

A page of a list makes some four hundred calls and a thousand pieces of text. Jinja asks of each call whether it wants
the context or the environment as its first argument, and copies text that is escaped already, twice; together that was
more than half of what a page took. Nothing that our templates call wants either (`tests/web/test_compiling.py`).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from keyword import iskeyword
from typing import Any, ClassVar

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from control_tower.web.language import Language


class Translated(Extension):
    """`t("Abierto", "Open")` is one of its texts, chosen when a template is compiled and not for each row of a page.

    What is not two texts, written as such, is left to the function `t` (see `rendering.bilingual`).
    """

    PATTERN: ClassVar = ("name", "lparen", "string", "comma", "string", "rparen")
    language: Language

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The template with each such call replaced by its text."""
        ahead: deque[Token] = deque()
        for token in stream:
            ahead.append(token)
            if len(ahead) < len(self.PATTERN):
                continue
            if ahead[0].value == "t" and tuple(part.type for part in ahead) == self.PATTERN:
                chosen = ahead[2 if self.language == "es" else 4]
                ahead.clear()
                yield chosen
            else:
                yield ahead.popleft()
        yield from ahead


class _Spanish(Translated):
    language = "es"


class _English(Translated):
    language = "en"


IN_LANGUAGE: dict[Language, type[Extension]] = {"es": _Spanish, "en": _English}
"""The extension that chooses the texts of a language."""


class Straight(CodeGenerator):
    """Calls what a template calls, and escapes what it shows, without asking first what it is given."""

    def visit_Call(  # noqa: N802 - Jinja calls it by the name of the node
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """`f(a, b=c)` as it stands; a call that is more than that as Jinja makes it."""
        is_plain = not (forward_caller or node.dyn_args or node.dyn_kwargs)
        if not is_plain or any(iskeyword(part.key) for part in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for part in (*node.args, *node.kwargs):
            self.visit(part, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


_needs_escaping = re.compile("[&<>'\"]").search
"""Finds what `markupsafe.escape` replaces."""


class StraightEnvironment(Environment):
    """An environment whose templates are compiled by `Straight`."""

    code_generator_class = Straight

    @staticmethod
    def shown(value: Any) -> str:
        """What stands in the page for a value: safe HTML as it is, everything else escaped.

        Text with nothing to escape, which is most of it, is the text itself. Only exactly these types are known so
        well; all others, also those derived from them, may show something else than they are.
        """
        kind = type(value)
        if kind is Markup or (kind is str and _needs_escaping(value) is None):
            text: str = value
            return text
        return str(value) if kind is int else escape(value)
