"""Texts in templates: by the reader's language, and escaped like any other value."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from control_tower.i18n.catalogue import Language
from control_tower.web.pages.rendering import templates


@pytest.mark.parametrize(
    ("source", "spanish", "english"),
    [
        ("{{ _('Open alerts') }}", "Alertas abiertas", "Open alerts"),
        ("{{ _('and {n} more').format(n=2) }}", "y 2 más", "and 2 more"),
        ("{{ _('none') }}, {{ pgettext('feminine', 'none') }}", "ninguno, ninguna", "none, none"),
        ("{{ ngettext('trip', 'trips', 1) }}, {{ ngettext('trip', 'trips', 5) }}", "viaje, viajes", "trip, trips"),
        ("{{ name_of('rule', 'R1_PHONE_EXACT') }}", "mismo teléfono", "same phone"),
        ("{{ name_of('rule', 'R9_NEW') }}{{ name_of('rule', none) }}", "R9_NEW–", "R9_NEW–"),
    ],
)
def test_a_text_is_in_the_language_of_the_environment(source: str, spanish: str, english: str) -> None:
    assert templates("es").from_string(source).render() == spanish
    assert templates("en").from_string(source).render() == english


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_text_is_not_taken_for_html(language: Language) -> None:
    template = templates(language).from_string(
        "{{ _('<b> & 50%') }}{{ name_of('rule', '<i>') }}{{ _('{n}').format(n=n) }}"
    )
    assert template.render(n="<u>") == "&lt;b&gt; &amp; 50%&lt;i&gt;&lt;u&gt;"


def test_an_undefined_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        templates("en").from_string("{{ nobody }}").render()
