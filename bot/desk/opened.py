"""Who is meant, among the candidates whose scorecards are open: by name, or by the neutral label where names are hidden."""

from bot import hiring
from bot.desk.sight import RECRUITERS, TEAM, Call, Sight, wrong
from bot.funnel import shortlist
from bot.funnel.shortlist import Candidate
from bot.scene import Reply
from bot.scorecards import blind
from bot.store.store import Row
from flows.words import shortlist_en as words


def readable(sight: Sight, requisition: Row | None) -> bool:
    """May this person read open scorecards of a requisition? Observers may where its settings say so."""
    if requisition is None:
        return False
    raters = sight.may(requisition["id"], *RECRUITERS, "panelist")
    allowed = bool(hiring.settings_of(requisition).get("observers"))
    return raters or (allowed and sight.may(requisition["id"], *TEAM))


def parted(text: str) -> list[str]:
    """The names of a line: "A, B and C"."""
    return [n.strip() for n in text.replace(" and ", ",").split(",") if n.strip()]


def named(call: Call, names: list[str], *roles: str) -> list[Candidate] | Reply:
    """The candidates of these names, each once; else what to say. roles: which the reader must have for them."""
    wanted = roles or TEAM
    known = [
        c
        for r in call.sight.requisitions(*wanted)
        if readable(call.sight, r)
        for c in shortlist.read(call.scene.tx, call.scene.keys, r, call.person_id).candidates
    ]
    found: dict[str, Candidate] = {}
    for name in names:
        fits = _fitting(known, name)
        if len(fits) > 1:
            return wrong(words.several_called(name, len(fits)))
        if not fits:
            return wrong(_nobody(call, name, wanted))
        found[fits[0].interview_id] = fits[0]
    return list(found.values())


def _fitting(known: list[Candidate], name: str) -> list[Candidate]:
    """Whoever is called so, else those whose name begins so; of a neutral label its code alone is enough."""
    wanted = " ".join(name.split()).casefold()
    exact = [c for c in known if c.label.casefold() in (wanted, words.neutral(wanted).casefold())]
    return exact or [c for c in known if not c.hidden and c.label.casefold().startswith(wanted)]


def _nobody(call: Call, name: str, roles: tuple[str, ...]) -> str:
    """Why nobody is found, as far as this reader may know: a name that is hidden is nobody's."""
    for row in call.sight.named(name, call.sight.interviews(*roles, status="submitted")):
        requisition = hiring.get_requisition(call.scene.tx, call.scene.tenant_id, row["requisition_id"])
        if not blind.hidden(requisition, row, call.person_id):
            return words.not_open(call.sight.name(row))
    return words.nobody_called(name)
