"""What goes wrong under people's fingers and ears: keys hit beside, letters heard alike, digits turned."""

from __future__ import annotations

from devtools.benchmark.quality.draws import Draws

_ROWS = ("qwertyuiop", "asdfghjklñ", "zxcvbnm")
_KEYPAD = ("123", "456", "789", " 0 ")
_HEARD_ALIKE = (
    ("b", "v"), ("v", "b"), ("z", "s"), ("s", "z"), ("s", "c"), ("ce", "se"), ("ci", "si"), ("ll", "y"), ("y", "ll"),
    ("y", "i"), ("i", "y"), ("h", ""), ("j", "g"), ("k", "c"), ("c", "k"), ("ph", "f"), ("nn", "n"), ("th", "t"),
    ("x", "j"), ("gua", "hua"), ("hua", "gua"), ("m", "n"),
)  # fmt: skip
_LOOK_ALIKE = {"0": "O", "O": "0", "1": "I", "I": "1"}
_PLAIN = str.maketrans("áéíóúüÁÉÍÓÚÜ", "aeiouuAEIOUU")


def _beside(grid: tuple[str, ...]) -> dict[str, str]:
    """For each key, the keys around it."""
    around: dict[str, str] = {}
    for y, row in enumerate(grid):
        for x, key in enumerate(row):
            found = [
                other[x + dx]
                for dy in (-1, 0, 1)
                if 0 <= y + dy < len(grid)
                for other in [grid[y + dy]]
                for dx in (-1, 0, 1)
                if (dx or dy) and 0 <= x + dx < len(other) and other[x + dx] != " "
            ]
            around[key] = "".join(found)
    return around


_LETTERS_BESIDE = _beside(_ROWS)
_DIGITS_BESIDE = _beside(_KEYPAD)


def mistyped(text: str, draws: Draws) -> str:
    """The text with one slip of a keyboard; the shortest words are typed correctly."""
    if len(text) < 3:
        return text
    at = draws.randrange(len(text) - 1)
    here = text[at]
    match draws.randrange(10):
        case 0 | 1 | 2:
            beside = draws.one(_LETTERS_BESIDE.get(here.lower(), "a"))
            return text[:at] + (beside.upper() if here.isupper() else beside) + text[at + 1 :]
        case 3 | 4 | 5:
            return text[:at] + text[at + 1 :]
        case 6 | 7:
            return text[:at] + text[at + 1] + here + text[at + 2 :]
        case 8:
            return text[:at] + here + text[at:]
        case _:
            beside = draws.one(_LETTERS_BESIDE.get(here.lower(), "e"))
            return text[: at + 1] + beside + text[at + 1 :]


def misheard(word: str, draws: Draws) -> str:
    """The word as somebody writes it who has only heard it; unchanged if nothing in it sounds like something else."""
    lower = word.lower()
    fitting = [pair for pair in _HEARD_ALIKE if pair[0] in lower]
    if not fitting:
        return word
    sound, other = draws.one(fitting)
    return lower.replace(sound, other, 1).capitalize()


def misdialled(number: str, draws: Draws, *, turned: float = 0.4) -> str:
    """The number with one slip that keeps its first digit: two digits turned, one hit beside, one lost or doubled."""
    at = draws.randrange(1, len(number) - 1)
    if draws.happens(turned):
        for place in (*range(at, len(number) - 1), *range(1, at)):
            if number[place] != number[place + 1]:
                return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    kind = draws.random()
    if kind < 0.75:
        return number[:at] + draws.one(_DIGITS_BESIDE.get(number[at], "0")) + number[at + 1 :]
    return number[:at] + number[at + 1 :] if kind < 0.9 else number[:at] + number[at] + number[at:]


def confused(text: str, draws: Draws) -> str:
    """The text with every 0 written as O, or every O as 0, I as 1, 1 as I; unchanged if it holds none of them."""
    found = [sign for sign in _LOOK_ALIKE if sign in text]
    if not found:
        return text
    sign = draws.one(found)
    return text.replace(sign, _LOOK_ALIKE[sign])


def without_accents(text: str, *, keep_enye: bool) -> str:
    """The text without accents, and without the tilde of ñ if it is not kept."""
    plain = text.translate(_PLAIN)
    return plain if keep_enye else plain.replace("ñ", "n").replace("Ñ", "N")
