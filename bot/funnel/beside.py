"""A comparison as a message, and the button of an open scorecard that leads to one."""

from bot import hiring
from bot.funnel import comparing, shortlist
from bot.funnel.comparing import MOST, Compared, Comparison
from bot.scene import Reply, Scene
from bot.scorecards import rating, rereading
from bot.store.store import Row
from flows.cards import Card, Option, Quote
from flows.cards import Row as CardRow
from flows.words import panel_en
from flows.words import shortlist_en as words

_FEW = 3  # with more people than this each has one quote, else one for each competency


def card_of(found: Comparison, options: tuple[Option, ...] = (), more: int = 0) -> Card:
    """A comparison as a message."""
    lines = tuple(_line(found, key) for key in found.keys)
    text = words.comparison(
        len(found.people), found.left_out, found.removed, found.withdrew, found.sealed, max(0, more)
    )
    return words.card(text, lines, tuple(_quotes(found)), options)


def _line(found: Comparison, key: str) -> CardRow:
    cells = [(p.standing.label, p.standing.cell(key)) for p in found.people]
    row = words.competency(found.titles[key], [words.compared(n, c) for n, c in cells], found.told_apart(key))
    nobody = [n for n, c in cells if c is None or c.band is None]
    return CardRow(row.label, f"{row.value} {words.unknown(nobody)}") if nobody else row


def _quotes(found: Comparison) -> list[Quote]:
    few = len(found.people) <= _FEW
    quotes: list[Quote] = []
    for person in found.people:
        own = [k for k in found.keys if k in person.evidence]
        quotes += [_quote(found, person, key) for key in (own if few else own[:1])]
    return quotes


def _quote(found: Comparison, person: Compared, key: str) -> Quote:
    evidence = person.evidence[key]
    return Quote(evidence.text, f"{person.standing.label}, {found.titles[key]}", evidence.link)


def with_its_equals(scene: Scene, person_id: str, interview: Row) -> Reply:
    """A candidate, and those of the same group: who ties with them."""
    if not rating.may_read(scene.tx, interview, person_id):
        return Reply(words.wrong(panel_en.NOT_YOURS))
    if interview["revealed_at"] is None or rereading.going_on(interview) is not None:
        return Reply(words.plain(words.COVERED))
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    found = shortlist.read(scene.tx, scene.keys, requisition, person_id)
    view = shortlist.view(found, shortlist.Wish(state=shortlist.EVERYBODY))
    group = next((g for g in view.groups if interview["id"] in [c.interview_id for c in g]), ())
    ids = [interview["id"], *(c.interview_id for c in group if c.interview_id != interview["id"])]
    rows = [hiring.get_interview(scene.tx, scene.tenant_id, i) for i in ids[:MOST]]
    if len(rows) < comparing.FEWEST:
        return Reply(words.plain(words.NO_EQUALS))
    compared = comparing.compare(scene.tx, scene.keys, rows, person_id)
    return Reply(card_of(compared, more=len(ids) - len(rows)))
