"""For whoever interviews: `/interview brief NAME`, `/interview focus NAME: ...`, and the buttons of their guide."""

import re

from bot import hiring, people
from bot.desk.sight import MOST_OPTIONS, RECRUITERS, TEAM, Call, choice, not_found, say, wrong
from bot.guiding import brief as briefs
from bot.guiding import focus as foci
from bot.guiding import holding, office, plan, team
from bot.scene import Reply
from bot.store.store import Row
from flows.cards import Row as CardRow
from flows.cards import to_json as card_json
from flows.words import brief_en as words
from flows.words import desk_en

REST = ("rest", "the rest", "everything else", "others")


def brief(call: Call) -> Reply:
    """The brief for the next appointment with somebody: of whoever asks, as far as they hold it or recruit for it."""
    rows = call.sight.named(call.rest, _with_meetings(call))
    if len(rows) != 1:
        return _which(call, rows, "brief")
    return _brief(call, rows[0])


def brief_chosen(call: Call, ids: list[str], option: str) -> Reply:
    """One of several candidates of a name was chosen."""
    found = next((r for r in _with_meetings(call) if r["id"] == option), None)
    return _brief(call, found) if found is not None else not_found()


def _with_meetings(call: Call) -> list[Row]:
    """The interviews that somebody may be briefed on: those they hold a part of, or recruit for."""
    return [r for r in call.sight.interviews(*TEAM) if _meeting(call, r) is not None]


def _meeting(call: Call, interview: Row) -> Row | None:
    """The appointment that is next for whoever asks; a recruiter sees any."""
    rows = team.meetings(call.scene.tx, interview, *team.COMING)
    own = [r for r in rows if call.person_id in team.sitting(call.scene.tx, r)]
    found = own or (rows if call.sight.may(interview["requisition_id"], *RECRUITERS) else [])
    return min(found, key=lambda r: r["start_minute"], default=None)


def _brief(call: Call, interview: Row) -> Reply:
    row = _meeting(call, interview)
    return brief_of(call, row) if row is not None else not_found()


def brief_of(call: Call, row: Row) -> Reply:
    """The brief for an appointment that may be shown to whoever asks."""
    interview = hiring.get_interview(call.scene.tx, call.scene.tenant_id, row["interview_id"])
    card = briefs.card(call.scene.tx, call.scene.keys, interview, row, call.person_id)
    return say(card, f"do:mine:{row['id']}")


def begin(call: Call, row: Row) -> Reply:
    """The button "start the guide", at any time before the end."""
    if row["state"] not in team.COMING or call.person_id not in team.sitting(call.scene.tx, row):
        return say(words.NO_GUIDE)
    begun = office.begin_guide(call.scene, row, call.person_id)
    return say(words.GUIDE_BEGINS if begun else words.GUIDE_OPEN)


def after(call: Call, ids: list[str], option: str) -> Reply:
    """The buttons after an interview: rate, or say that it didn't take place. Only for whoever held it."""
    row = team.appointment(call.scene.tx, call.scene.tenant_id, ids[0], call.person_id)
    return holding.pressed(call.scene, row, call.person_id, option) if row is not None else not_found()


def _which(call: Call, rows: list[Row], command: str) -> Reply:
    if not rows or len(rows) > MOST_OPTIONS:
        return say(desk_en.fits(call.rest.partition(":")[0].strip(), str(len(rows) or "no")))
    options = tuple(choice(call.sight, r) for r in rows)
    return say(desk_en.which(call.rest.partition(":")[0].strip(), len(rows), options), f"do:{command}:all")


# -- who looks at what ----------------------------------------------------------------------------------------


def focus(call: Call) -> Reply:
    """Show who looks at what, or set it: "NAME: Ben = Ownership, Tom = rest"."""
    name, sep, said = call.rest.partition(":")
    rows = [r for r in call.sight.named(name, call.sight.interviews(*RECRUITERS)) if team.everybody(call.scene.tx, r)]
    if len(rows) != 1:
        known = call.sight.named(name, call.sight.interviews(*RECRUITERS))
        return wrong(words.NOBODY_SITS) if known and not rows else _which(call, rows, "focus")
    return _set(call, rows[0], said) if sep and said.strip() else _shown(call, rows[0], False)


def focus_chosen(call: Call, ids: list[str], option: str) -> Reply:
    row = call.sight.interview(option, *RECRUITERS)
    return _shown(call, row, False) if row is not None else not_found()


def _set(call: Call, interview: Row, said: str) -> Reply:
    if any(p != "machine" and c["state"] != "draft" for p, c in _cards(call, interview).items()):
        return wrong(words.RATED_ALREADY)
    kit = hiring.kit_of(hiring.get_requisition(call.scene.tx, call.scene.tenant_id, interview["requisition_id"]))
    everybody = team.everybody(call.scene.tx, interview)
    titles = {k: plan.title(kit, k) for k in kit.competencies}
    names = {p: call.sight.name_of(p) for p in everybody}
    given: foci.Focus = {}
    for person, wanted in _parsed(said):
        who = _fitting(person, names)
        if who is None:
            return wrong(words.nobody_called(person, list(names.values())))
        for text in wanted:
            key = "" if text.casefold() in REST else _fitting(text, titles)
            if key is None:
                return wrong(words.no_competency(text, list(titles.values())))
            given.setdefault(who, []).append(key)
    named = {k for keys in given.values() for k in keys}
    full = {
        p: [k for key in keys for k in ([key] if key else [k for k in titles if k not in named])]
        for p, keys in given.items()
    }
    before = foci.of(interview)
    interview = foci.settle(call.scene, interview, everybody, full)
    call.scene.fact("focus_set", interview["id"], person_id=call.person_id)
    _tell(call, interview, before, titles)
    return _shown(call, interview, True)


def _cards(call: Call, interview: Row) -> dict[str, Row]:
    return hiring.cards_of(call.scene.tx, call.scene.tenant_id, interview["id"])


def _parsed(said: str) -> list[tuple[str, list[str]]]:
    """ "Ben = Ownership, Care; Tom = rest" as [("Ben", ["Ownership", "Care"]), ("Tom", ["rest"])]."""
    found = list[tuple[str, list[str]]]()
    for part in filter(None, (p.strip() for p in re.split(r"[,;\n]", said))):
        person, sep, wanted = part.partition("=")
        if sep or not found:
            found.append((person.strip(), []))
        text = wanted.strip() if sep else part
        if text and (sep or found[-1][0] != part):
            found[-1][1].append(text)
    return found


def _fitting(text: str, names: dict[str, str]) -> str | None:
    """The only one that is called so, or whose name begins so."""
    wanted = " ".join(text.split()).casefold()
    exact = [k for k, n in names.items() if wanted in (n.casefold(), k)]
    near = exact or [k for k, n in names.items() if wanted and n.casefold().startswith(wanted)]
    return near[0] if len(near) == 1 else None


def _tell(call: Call, interview: Row, before: foci.Focus, titles: dict[str, str]) -> None:
    """Whoever has another part now hears of it."""
    for person, keys in foci.of(interview).items():
        chat = people.chat_of(call.scene.tx, call.scene.tenant_id, person)
        if chat and person != call.person_id and keys != before.get(person):
            card = words.your_part(call.sight.name(interview), ", ".join(titles[k] for k in keys))
            subject = interview["candidate_id"]
            call.scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject)


def _shown(call: Call, interview: Row, changed: bool) -> Reply:
    kit = hiring.kit_of(hiring.get_requisition(call.scene.tx, call.scene.tenant_id, interview["requisition_id"]))
    rows = [
        CardRow(
            call.sight.name_of(p),
            ", ".join(plan.title(kit, k) for k in foci.mine(list(kit.competencies), interview, p)),
        )
        for p in team.everybody(call.scene.tx, interview)
    ]
    return say(words.focus(call.sight.name(interview), rows, changed))
