"""Name pairs with a known label: one person written twice, or two persons with similar names.

Deterministic. Two worlds, so that nothing is tuned on its own examination: `PERU` was looked at while the
similarity was written, `ELSEWHERE` was not. They share few names, and differ in how people spoil them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple


class World(NamedTuple):
    """Names (most frequent first) and error rates per written name."""

    men: list[str]
    women: list[str]
    surnames: list[str]
    without_second_given: float
    drop_second_surname: float
    drop_second_given: float
    surnames_first: float
    spoilt: float
    initial: float
    joined: float
    spoil: Callable[[random.Random, str], str]


class Human(NamedTuple):
    """Parts of a name; `second_given` may be empty. A surname with a particle has a space in it."""

    given: str
    second_given: str
    surname: str
    second_surname: str


def typing_slip(draw: random.Random, word: str) -> str:
    """One letter swapped with the next, lost, doubled, or hit beside."""
    if len(word) < 4:
        return word
    at = draw.randrange(len(word) - 1)
    return draw.choice(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
            word[:at] + draw.choice("ASERIONL") + word[at + 1 :],
        ]
    )


def hearsay(draw: random.Random, word: str) -> str:
    """Spelled by ear, cut short, or with one or two letters wrong, the first included."""
    turns = [(a, b) for a, b in ("VB", "BV", "ZS", "SZ", "YI", "IY", "JG", "KC", "CK", "NM", "EI", "UO") if a in word]
    kind = draw.random()
    if kind < 0.5 and turns:
        a, b = draw.choice(turns)
        return word.replace(a, b, 1)
    if kind < 0.6 and len(word) > 6:
        return word[: draw.randint(5, len(word) - 1)]
    for _ in range(draw.choice([1, 1, 1, 2])):
        at = draw.randrange(len(word))
        word = (
            word[:at]
            + draw.choice(["", draw.choice("AEIOURSTLNMCD"), word[at] + draw.choice("AEHRSN")])
            + word[at + 1 :]
        )
    return word or "X"


PERU_MEN = """
JOSE LUIS JUAN CARLOS JORGE VICTOR MIGUEL CESAR PEDRO MANUEL JULIO JESUS RAUL EDWIN HENRY MARCO OSCAR DAVID
DANIEL WALTER EDGAR JAVIER RONALD ANGEL FERNANDO RICARDO EDUARDO JHON PERCY WILMER CHRISTIAN ALEX ROBERTO
MARTIN HUGO ANTONIO ALBERTO ENRIQUE YONEL NILVER JHERSON EVERT ROYER DEYVIS LIZANDRO
"""
PERU_WOMEN = """
MARIA ROSA ANA CARMEN LUZ JULIA ELIZABETH GLADYS NANCY SONIA SILVIA PATRICIA KARINA MILAGROS DIANA JESSICA
YESENIA LUISA JUANA DANIELA MARIBEL NORMA FLOR LILIANA ELENA ISABEL PILAR YOSELYN MARYORI NATALI
"""
PERU_SURNAMES = """
QUISPE FLORES SANCHEZ GARCIA RODRIGUEZ MAMANI ROJAS DIAZ CHAVEZ TORRES RAMOS HUAMAN MENDOZA CASTILLO LOPEZ
VASQUEZ ESPINOZA GONZALES RAMIREZ PEREZ VARGAS CONDORI FERNANDEZ CRUZ GUTIERREZ CASTRO SALAZAR SILVA RUIZ
ROMERO LA_ROSA SAN_MARTIN LA_TORRE PONCE_LEON HERNANDEZ MARTINEZ MENDEZ HUAYHUA CCAHUANA PUMACAYO TTUPA
ASTUHUAMAN YACILA CHUNGA NIZAMA PACSI QUISPIRIMA CHILON SILUPU GUEVARA VILLANUEVA CARDENAS SALAS MEDINA
CORDOVA PALOMINO CARRASCO CCORIMANYA ANCAJIMA LLACCTAHUAMAN
"""
ELSEWHERE_MEN = """
ANDRES SEBASTIAN CAMILO JHOAN STIVEN BRAYAN NICOLAS ESTEBAN MAURICIO FABIO YEFERSON HERNEY ALVARO WILFRIDO
ELKIN DUVAN JAIDER OBDULIO LIBARDO EIDER ORLEY ARLEY JAMES NORBEY GILDARDO HEBERTO DEIBY LUCHO DUBERNEY
ANCIZAR ARNULFO IVAN ARBEY EUCLIDES
"""
ELSEWHERE_WOMEN = """
PAOLA ANGIE LEIDY YURANY VALENTINA MANUELA SIRLEY MARYLUZ YENNIFER DIOSELINA NUBIA OMAIRA AMPARO FLORALBA
LUZDARY NIDIA BLANCA ROSALBA YAMILETH ASTRID MAGNOLIA ADIELA DORALBA NOHEMI ALBA
"""
ELSEWHERE_SURNAMES = """
GOMEZ MARTINEZ RESTREPO MUNOZ VALENCIA OSPINA ZULUAGA CIFUENTES MOSQUERA PALACIO MURILLO CUESTA HINESTROZA
RENTERIA ASPRILLA BETANCOURT BOTERO ECHEVERRY URREGO GUTIERREZ MONTOYA ROSERO CHAMORRO GUERRERO CAICEDO
ANGULO QUINONEZ TENGANAN CUASPUD GUALGUAN POTOSI TIMARAN PAI NASTACUAS JIMENEZ OROZCO TAPIAS LONDONO VILLADA
LOAIZA GRISALES MARULANDA BEDOYA AGUDELO CANAVERAL HOYOS TABARES SANTA_MARIA LA_HOZ LA_OSSA SAN_JUAN ESPITIA
PERNETT DORIA MARTELO PADRON HERAZO PETRO NEGRETE LLORENTE KERGUELEN
"""
PERU = World(
    men=PERU_MEN.split(),
    women=PERU_WOMEN.split(),
    surnames=[name.replace("_", " ") for name in PERU_SURNAMES.split()],
    without_second_given=0.3,
    drop_second_surname=0.1,
    drop_second_given=0.25,
    surnames_first=0.3,
    spoilt=0.12,
    initial=0.04,
    joined=0.04,
    spoil=typing_slip,
)
ELSEWHERE = World(
    men=ELSEWHERE_MEN.split(),
    women=ELSEWHERE_WOMEN.split(),
    surnames=[name.replace("_", " ") for name in ELSEWHERE_SURNAMES.split()],
    without_second_given=0.45,
    drop_second_surname=0.12,
    drop_second_given=0.2,
    surnames_first=0.45,
    spoilt=0.15,
    initial=0.06,
    joined=0.03,
    spoil=hearsay,
)


def choose(draw: random.Random, names: list[str]) -> str:
    """A name; the first of the list are far more frequent."""
    return names[int(len(names) * draw.random() ** 1.7)]


def human(draw: random.Random, world: World) -> Human:
    """A random person."""
    given = world.men if draw.random() < 0.8 else world.women
    first = choose(draw, given)
    second = (
        "" if draw.random() < world.without_second_given else choose(draw, [name for name in given if name != first])
    )
    return Human(first, second, choose(draw, world.surnames), choose(draw, world.surnames))


def written(draw: random.Random, world: World, somebody: Human) -> str:
    """The name as one person writes it down on one occasion, normalised."""
    given, second_given, surname, second_surname = somebody
    if draw.random() < world.drop_second_given:
        second_given = ""
    if draw.random() < world.drop_second_surname:
        second_surname = ""
    if draw.random() < world.initial:
        if second_given:
            second_given = second_given[0]
        else:
            second_surname = second_surname[:1]
    parts = [given, second_given, surname, second_surname]
    if draw.random() < world.spoilt:
        at = draw.choice([at for at, part in enumerate(parts) if len(part) > 1])
        parts[at] = world.spoil(draw, parts[at])
    given, second_given, surname, second_surname = parts
    if draw.random() < world.joined * 5:
        surname, second_surname = surname.replace(" ", ""), second_surname.replace(" ", "")
    if draw.random() < world.joined and len(second_given) > 1:
        given, second_given = given + second_given, ""
    order = [given, second_given, surname, second_surname]
    if draw.random() < world.surnames_first:
        order = order[2:] + order[:2]
    # normalisation removes particles: LA ROSA is written ROSA
    return " ".join(word for part in order for word in part.split() if word != "LA")


def other(draw: random.Random, world: World, somebody: Human, kind: str) -> Human:
    """Another person with a similar name."""
    stranger = human(draw, world)
    while stranger.given in somebody[:2] or stranger.second_given in somebody[:2] or {*stranger[2:]} & {*somebody[2:]}:
        stranger = human(draw, world)
    match kind:
        case "sibling":
            return stranger._replace(surname=somebody.surname, second_surname=somebody.second_surname)
        case "same given name and first surname":
            return somebody._replace(second_surname=stranger.second_surname)
        case "same given names":
            return somebody._replace(surname=stranger.surname, second_surname=stranger.second_surname)
        case _:
            return stranger


HARD = ("sibling", "same given name and first surname", "same given names", "stranger")


def pairs(world: World, seed: int, count: int = 3000) -> list[tuple[str, str, str]]:
    """(kind, name, name): `count` pairs of kind "same human" and as many hard ones, in equal parts."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        somebody = human(draw, world)
        made.append(("same human", written(draw, world, somebody), written(draw, world, somebody)))
        kind = HARD[number % len(HARD)]
        somebody = human(draw, world)
        made.append((kind, written(draw, world, somebody), written(draw, world, other(draw, world, somebody, kind))))
    return made
