"""Phonetic keys: words of names that sound alike to Spanish ears have the same key."""

from __future__ import annotations

import re
from functools import lru_cache

_SPELLINGS = {
    "CHR": "KR", "CH": "1", "SH": "1", "PH": "F", "HUA": "WA", "HUE": "WE", "HUI": "WI", "GUA": "WA", "QU": "K",
    "QQ": "K", "CC": "K", "TT": "T", "CE": "SE", "CI": "SI", "GE": "JE", "GI": "JI", "GUE": "GE", "GUI": "GI",
    "LL": "Y", "H": "", "V": "B", "Z": "S", "C": "K", "Q": "K", "Y": "I", "NB": "MB", "NP": "MP", "X": "S",
}  # fmt: skip
"""Spelling and sound, replaced in this order."""


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """Phonetic key for Spanish: B and V, S and Z, LL and Y are equal, H is silent, double letters are one."""
    if word[0] == "Y" and word[1:2] in ("A", "E", "O", "U", "H"):
        word = "J" + word[1:]
    key = word
    for spelling, letter in _SPELLINGS.items():
        if spelling in key:
            key = key.replace(spelling, letter)
    return _single(key)


def _single(key: str) -> str:
    return "".join(letter for at, letter in enumerate(key) if at == 0 or letter != key[at - 1])


_RULES = [
    (trigger, re.compile(pattern), replacement)
    for trigger, pattern, replacement in (
        # letters that only foreign spelling has
        ("S", r"^[EI](?=S[^AEIOUH]|STH|SCH|SH[^AEIOU])", ""), ("SCH", r"SCH", "S"), ("CHR", r"CHR", "KR"),
        ("PH", r"PH", "F"), ("TH", r"TH", "T"), ("SH", r"SH", "S"), ("CK", r"CK", "K"), ("Q", r"QU(?=[EI])|Q", "K"),
        ("TZ", r"TZ", "S"), ("NGT", r"NGT", "NT"), ("NG", r"NG$", "N"), ("EE", r"EE", "I"), ("EAR", r"EAR", "IR"),
        ("O", r"OO|OU", "U"),
        # the first letter of Jhon, Yhon, Giovanni, Jean, Ximena
        ("H", r"^(?:JH|YH)(?=[AEIOU])", "J"), ("DJ", r"^DJ", "J"), ("LL", r"^LL(?=[AEIOU])", "J"),
        ("X", r"^X(?=[IE])", "J"), ("I", r"^I(?=E)", "J"),
        ("O", r"^[GJY][IE]O(?=[^AEIOU])", "JO"), ("AN", r"^[GJY][IE]A(?=N)", "JA"),
        # W: Wilmer, Guilmer, Huilmer, Vilmer
        ("UI", r"[WGH]UI", "BI"), ("U", r"[WGH]U(?=[AE])", "B"), ("U", r"(?<=.)U[VW](?=[IE])", "B"),
        ("UI", r"^UI", "BI"), ("V", r"V", "B"), ("W", r"W", "B"),
        ("CH", r"CH", "1"), ("H", r"H", ""), ("C", r"C(?=[EIY])", "S"), ("Z", r"Z", "S"), ("X", r"X", "S"),
        ("CS", r"CS", "S"), ("C", r"C", "K"), ("G", r"G(?=[EIY])", "J"), ("LL", r"LL", "L"),
        # Y is a vowel, or J before one
        ("YA", r"(?<=[NRLDST])Y(?=A$)", "I"), ("TY", r"TY", "TI"), ("Y", r"Y(?=[AEIOU])|(?<=[NL])Y(?=I)|^Y(?=I)", "J"),
        ("Y", r"Y", "I"), ("E", r"(?<=[^AEIOU])(?:IE|EI)$", "I"),
        # the last letter
        ("II", r"(?<=..)II$", "I"), ("M", r"M(?=S?$)", "N"), ("NS", r"NS$", "N"), ("D", r"(?<=[LRN])D$", ""),
        ("T", r"(?<=[LRN])T$", ""), ("E", r"(?<=...[LNST])E$", ""), ("N", r"N(?=[BP])", "M"),
    )
]  # fmt: skip
"""A text that a key needs to have, what is replaced in it, and by what; in this order."""


@lru_cache(maxsize=1 << 16)
def given_sound(word: str) -> str:
    """Phonetic key of a given name, which may be English or French, written as it was heard.

    Y, J, Jh and G are one letter before E and I; W, V, Gu and Hu are; Ph is F; a vowel before a leading S, a final D or
    T behind a consonant, and the final E of Nicole are left out.
    """
    key = word
    for trigger, pattern, replacement in _RULES:
        if trigger in key:
            key = pattern.sub(replacement, key)
    return _single(key) or word
