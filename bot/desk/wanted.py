"""What a recruiter wrote about a meeting, read: whom it is with, how long it is, who holds it. No database.

`NotRead` carries the sentence for the person, with what to write instead.
"""

import re
from dataclasses import dataclass, field

from bot.scheduling.plans import Group
from flows.words import schedule_en as words

CELL = 5  # minutes; see `calendar_sync.kept`
SHORTEST, LONGEST = 10, 480
MOST_TITLE = 80
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_ANY = re.compile(
    r"(?:any\s+(?:one\s+)?|(?:any\s+)?(?P<n>\d{1,2}|one|two|three|four|five)\s+)of\s+(?:the\s+|pool\s+)*(?P<of>.+)",
    re.I,
)
_SEAM = re.compile(r"\s*(?:,\s*(and|or)\s+|([,;&])|\s(and|or|plus)\s)\s*", re.I)
_LENGTH = re.compile(
    r"(?P<n>\d{1,3}(?:[.,]\d+)?|an?|half an|one|two|three)\s*(?P<unit>minutes?|mins?|m|hours?|hrs?|h)?"
    r"(?:\s*(?:and\s+)?(?P<more>\d{1,2})\s*(?:minutes?|mins?|m)?)?",
    re.I,
)
_FOR = re.compile(r"\s+for\s+(?P<length>[^,]+?)\s*$", re.I)
_WITH = re.compile(r"\s+with\s+", re.I)
_ABOUT = re.compile(r"\s+about\s+(?P<title>.+)$", re.I)
_LOOP = re.compile(r"\s+loop\s*$", re.I)
_OURSELVES = frozenset(("parley", "parley itself", "the bot"))


class NotRead(ValueError):
    """It can't be read. `say`: what was not understood, and what to write instead."""

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


@dataclass(frozen=True, slots=True)
class Directory:
    """Whom a name may mean: the members as (id, name), and the pools with their people's ids."""

    members: tuple[tuple[str, str], ...] = ()
    pools: dict[str, tuple[str, ...]] = field(default_factory=lambda: {})

    def person(self, text: str) -> str:
        """The id of the one member called so, else the one whose name begins so. Raises NotRead."""
        wanted = plain(text).casefold()
        exact = [i for i, name in self.members if plain(name).casefold() == wanted or i == text.strip()]
        found = exact or [i for i, name in self.members if wanted and plain(name).casefold().startswith(wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotRead(words.several_members(plain(text), [n for i, n in self.members if i in found]))
        raise NotRead(words.no_member(plain(text), tuple(self.pools)))

    def pool(self, text: str) -> str:
        """The pool as it is written; "" for what is none."""
        wanted = plain(text).casefold()
        return next((name for name in self.pools if name.casefold() == wanted), "")

    def name(self, person_id: str) -> str:
        return next((n for i, n in self.members if i == person_id), person_id)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who holds a session. Nobody at all: Parley itself."""

    fixed: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """`NAME for LENGTH with WHO about TITLE`, in parts as they were written; loop: a day of sessions is wanted."""

    name: str
    length: str = ""
    who: str = ""
    title: str = ""
    loop: bool = False


# -- one line ---------------------------------------------------------------------------------------


def line(rest: str) -> Line:
    """What follows `/interview schedule`, in parts."""
    head, title = rest, ""
    if found := _ABOUT.search(head):
        head, title = head[: found.start()], plain(found["title"])
    if _LOOP.search(head):
        return Line(_name(_LOOP.sub("", head)), title=title, loop=True)
    head, _, who = _parted(head, _WITH)
    length = ""
    for part in ("head", "who"):
        text = head if part == "head" else who
        if (found := _FOR.search(text)) and _LENGTH.fullmatch(found["length"].strip()):
            length = found["length"]
            head, who = (text[: found.start()], who) if part == "head" else (head, text[: found.start()])
    return Line(_name(head), length.strip(), plain(who), title)


def _parted(text: str, seam: re.Pattern[str]) -> tuple[str, str, str]:
    found = seam.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _name(text: str) -> str:
    return plain(text.strip("\"' \t\r\n"))


def plain(text: str) -> str:
    """On one line, without more than one space in a row."""
    return " ".join(text.split())


# -- how long ---------------------------------------------------------------------------------------


def minutes(text: str, least: int = SHORTEST) -> int:
    """A length in minutes: "45", "45 min", "1.5 h", "an hour", "1 h 30". Raises NotRead."""
    found = _LENGTH.fullmatch(plain(text))
    if found is None:
        raise NotRead(words.no_length(plain(text)))
    said, unit = found["n"].lower().replace(",", "."), (found["unit"] or "").lower()
    number = 0.5 if said == "half an" else float(NUMBERS.get(said, 0) or said)
    many = number * 60 if unit.startswith("h") or said == "half an" else number
    whole = round(many) + (int(found["more"]) if found["more"] and unit.startswith("h") else 0)
    if abs(many - round(many)) > 1e-6 or whole % CELL:
        lower = whole // CELL * CELL
        raise NotRead(words.not_by_five(whole, max(least, lower), max(least, lower + CELL)))
    if not least <= whole <= LONGEST:
        raise NotRead(words.length_between(least, LONGEST))
    return whole


# -- who --------------------------------------------------------------------------------------------


def crew(text: str, known: Directory) -> Crew:
    """ "Ben and Cleo", "Ben or Cleo", "any 2 of backend", "Ada and any of backend", "2 of Ben, Cleo and Dan".

    Raises NotRead for a name that nobody has, or several have; for more people than there are.
    """
    if plain(text).casefold() in _OURSELVES:
        return Crew()
    fixed, groups = list[str](), list[Group]()
    parts = _parts(text)
    while parts:
        joined, part = parts.pop(0)
        if found := _ANY.fullmatch(part):
            groups.append(_some(found, parts, known))
        elif pool := known.pool(part):
            groups.append(_group(1, pool, (), known))
        else:
            run = [(joined, part)]
            while parts and not (_ANY.fullmatch(parts[0][1]) or known.pool(parts[0][1])):
                run.append(parts.pop(0))
            for names in _chunks(run):
                people = tuple(dict.fromkeys(known.person(n) for n in names))
                if len(names) == 1:
                    fixed += people
                else:
                    groups.append(_group(1, "", people, known))
    if not fixed and not groups:
        raise NotRead(words.WHO_MISSING)
    return Crew(tuple(dict.fromkeys(fixed)), tuple(groups))


def _parts(text: str) -> list[tuple[str, str]]:
    """(the word or sign before it, part) of an enumeration."""
    found, at, before = list[tuple[str, str]](), 0, ""
    for seam in _SEAM.finditer(text):
        found.append((before, plain(text[at : seam.start()])))
        before, at = (seam[1] or seam[3] or seam[2] or "").lower(), seam.end()
    found.append((before, plain(text[at:])))
    return [(b, p) for b, p in found if p]


def _chunks(run: list[tuple[str, str]]) -> list[list[str]]:
    """Names that all come stand alone; those of which one comes ("Ben or Cleo") stand together."""
    signs = {sign for sign, _ in run[1:]}
    if "or" not in signs:
        return [[name] for _, name in run]
    if not signs & {"and", "plus", "&"}:
        return [[name for _, name in run]]
    chunks: list[list[str]] = []
    for sign, name in run:
        if chunks and sign == "or":
            chunks[-1].append(name)
        else:
            chunks.append([name])
    return chunks


def _some(found: re.Match[str], parts: list[tuple[str, str]], known: Directory) -> Group:
    said = (found["n"] or "1").lower()
    need = int(said) if said.isdigit() else NUMBERS[said]
    if pool := known.pool(found["of"]):
        return _group(need, pool, (), known)
    names = [found["of"]]
    while parts and not (_ANY.fullmatch(parts[0][1]) or known.pool(parts[0][1])):
        names.append(parts.pop(0)[1])
    if len(names) == 1:
        raise NotRead(words.no_pool(names[0], tuple(known.pools)))
    return _group(need, "", tuple(dict.fromkeys(known.person(n) for n in names)), known)


def _group(need: int, pool: str, people: tuple[str, ...], known: Directory) -> Group:
    there = len(known.pools.get(pool, people))
    if not 1 <= need <= there:
        raise NotRead(words.not_so_many(need, pool, there))
    return Group(need, pool, people)
