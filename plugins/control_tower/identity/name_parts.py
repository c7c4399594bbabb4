"""Which part of a name each word is: a given name or a surname."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from control_tower.identity.name_tokens import Part, name_part

NameWords = tuple[tuple[str, ...], dict[str, Part]]
"""The words of a name in the order written, and the part of each."""

_G: Part = "given"
_S: Part = "surname"
_PATTERNS: dict[int, tuple[tuple[Part, ...], ...]] = {
    3: ((_G, _S, _S), (_G, _G, _S), (_S, _S, _G), (_S, _G, _G)),
    4: ((_G, _G, _S, _S), (_S, _S, _G, _G)),
}
"""Names of 3 and 4 words: surnames behind or before the given names, two at most."""
_KNOWN_FROM = 2  # words that the lists know, for the others' position to tell


def read_name(name: str) -> NameWords:
    """The words of a name, and the part of each: what the lists say, else what its position among the others says.

    The part is '' where neither tells. Callers must not change the result.
    """
    words = tuple(name.split())
    listed = tuple([name_part(word) for word in words])
    if "" not in listed or len(words) not in _PATTERNS or len(set(words)) < len(words) or min(map(len, words)) == 1:
        return words, dict(zip(words, listed, strict=True))
    return words, dict(zip(words, _fill_in(listed), strict=True))


@lru_cache(maxsize=1 << 8)
def _fill_in(listed: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts that the lists leave open, where only one is possible beside the others."""
    if len(listed) - listed.count("") < _KNOWN_FROM:
        return listed
    possible = [
        pattern
        for pattern in _PATTERNS[len(listed)]
        if all(part in ("", place) for part, place in zip(listed, pattern, strict=True))
    ]
    choices = [set(places) for places in zip(*possible, strict=True)]
    if not choices:
        return listed
    return tuple([next(iter(places)) if len(places) == 1 else "" for places in choices])


class Positions:
    """Which unpaired tokens of two names are in the same part of the name.

    Two known given names are, and two known surnames. Otherwise the position decides (RAMON is both): surnames may come
    first or last, so each name is read as a circle, and the position of a token is the gap between two paired tokens.
    If the paired tokens are in a different circular order, or too few to define gaps, all unpaired tokens conflict,
    except a known given name with a known surname.
    """

    def __init__(
        self,
        tokens_a: tuple[str, ...],
        tokens_b: tuple[str, ...],
        only_a: list[str],
        only_b: list[str],
        pairs: list[tuple[str, str]],
    ) -> None:
        self._names = tokens_a, tokens_b
        self._unpaired = list(only_a), list(only_b)
        self._pairs = pairs
        self._gaps: tuple[dict[str, int], dict[str, int], int] | None = None

    def conflicts(self, x: str, y: str) -> bool:
        """Whether x of one name and y of the other are in the same part."""
        part_x, part_y = name_part(x), name_part(y)
        if part_x and part_x == part_y:
            return True
        if self._gaps is None:
            self._gaps = self._count_gaps()
        gaps_a, gaps_b, size = self._gaps
        if part_x and part_y and size < 2:
            return False
        return gaps_a.get(x, 0) == gaps_b.get(y, 0)

    def _count_gaps(self) -> tuple[dict[str, int], dict[str, int], int]:
        (tokens_a, tokens_b), (only_a, only_b) = self._names, self._unpaired
        partner = dict(self._pairs)
        paired_b = without(tokens_b, only_b)
        paired_a = [token for token in without(tokens_a, only_a) if partner.get(token, token) in paired_b]
        rotated = [partner.get(token, token) for token in paired_a]
        shift = next((at for at in range(len(rotated)) if rotated[at:] + rotated[:at] == paired_b), None)
        if shift is None:
            return {}, {}, 0
        return _gaps(tokens_a, paired_a, 0), _gaps(tokens_b, paired_b, shift), len(rotated)


def without(tokens: Sequence[str], unpaired: Sequence[str]) -> list[str]:
    """The tokens less the unpaired ones, each as often as it is there."""
    left = list(unpaired)
    paired = []
    for token in tokens:
        if token in left:
            left.remove(token)
        else:
            paired.append(token)
    return paired


def _gaps(tokens: Sequence[str], paired: list[str], shift: int) -> dict[str, int]:
    """Gap of each token, numbered around the circle."""
    gaps: dict[str, int] = {}
    passed = 0
    for token in tokens:
        gaps[token] = (passed + shift) % len(paired) if paired else 0
        passed += token in paired
    return gaps
