"""Templates: both languages stand where they are used, and one of them is chosen when a template is compiled."""

from __future__ import annotations

import pytest

from control_tower.web.language import Language
from control_tower.web.pages.rendering import bilingual, templates


def refuse(*_: str) -> str:
    raise AssertionError("the choice was left to each rendering")


@pytest.mark.parametrize(("language", "text"), [("es", "Sí &amp; no"), ("en", "Yes &amp; no")])
def test_two_texts_are_one_before_anything_is_rendered(language: Language, text: str) -> None:
    template = templates(language).from_string("{{ t('Sí & no', 'Yes & no') }}")
    assert template.render(t=refuse) == text


@pytest.mark.parametrize(("language", "text"), [("es", "2 más"), ("en", "2 more")])
def test_what_is_done_with_the_text_is_done_with_the_chosen_one(language: Language, text: str) -> None:
    template = templates(language).from_string("{{ t('{n} más', '{n} more').format(n=2) }}")
    assert template.render(t=refuse) == text


@pytest.mark.parametrize(("language", "text"), [("es", "uno!-uno"), ("en", "one!-one")])
def test_what_is_known_only_when_a_page_is_shown_is_chosen_then(language: Language, text: str) -> None:
    template = templates(language).from_string("{{ t(es ~ '!', en ~ '!') }}-{{ t(es, en) }}")
    assert template.render(t=bilingual(language), es="uno", en="one") == text


def test_names_that_merely_begin_alike_are_left_alone() -> None:
    template = templates("es").from_string("{{ text('a', 'b') }}{{ t }}{{ t('a', 'b', 'c') }}{{ t('a') }}")
    said = template.render(text=lambda *words: "+".join(words), t=lambda *words: "/".join(words))
    assert said.startswith("a+b")
    assert said.endswith("a/b/ca")
