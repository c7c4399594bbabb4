"""Texts, numbers and dates in the reader's language.

Each language has one gettext catalogue, `locale/<language>/LC_MESSAGES/control_tower.po`. A text is found in two ways:

- A sentence of a template or a module has its English text as msgid: `_("Open alerts")`, `ngettext("trip", "trips", n)`
  for a number. Where one English text has two translations, a context tells them apart: `pgettext("feminine", "none")`.
- A code of the database or of the package (a rule, a reason, a state, a check, an error) has its group as context and
  the code as msgid: group `rule`, code `R1_PHONE_EXACT`. `Catalogue.name` looks it up. A code without a text is shown
  as it is.

Both catalogues have every entry, English too. Placeholders are `{name}`, filled by `str.format`. After changing a text
in a template, change its msgid in both files: `tests/i18n/test_catalogue.py` lists what is missing or no longer used.
"""
