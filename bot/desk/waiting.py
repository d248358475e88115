"""Letters to candidates that haven't gone out yet: read, stopped, sent at once, or planned again."""

from bot.desk.sight import MOST_OPTIONS, RECRUITERS, Call, not_found, say, wrong
from bot.funnel import hours, letters
from bot.keyring import Erased
from bot.scene import Reply
from bot.store.store import Row
from flows.words import decision_en as words
from flows.words import desk_en


def planned(call: Call) -> Reply:
    """`/interview letters`: what hasn't gone out yet."""
    rows = _planned(call)
    if not rows:
        return say(desk_en.plain(words.NONE_PLANNED))
    shown = rows[:MOST_OPTIONS]
    lines = tuple(
        words.letter_row(name, r["kind"], _due(call, i, r), call.sight.name_of(r["planned_by"])) for i, r, name in shown
    )
    options = tuple(words.letter_option(r["id"], name) for _, r, name in shown)
    return say(words.planned(lines, options, len(rows) - len(shown)), "do:letters:all")


def _planned(call: Call) -> list[tuple[Row, Row, str]]:
    """(interview, letter, name) of the letters that this person may stop; none of somebody who was erased."""
    found = list[tuple[Row, Row, str]]()
    for row in letters.planned(call.scene.tx, call.scene.tenant_id):
        interview = call.sight.interview(row["interview_id"], *RECRUITERS)
        if interview is None:
            continue
        try:
            call.scene.keys.load(call.scene.tx, call.scene.tenant_id, interview["candidate_id"])
        except Erased:
            continue
        found.append((interview, row, call.sight.name(interview)))
    return found


def _due(call: Call, interview: Row, letter: Row) -> str:
    return hours.spoken(call.scene.tx, interview, letter["due_at"])


def chosen(call: Call, ids: list[str], option: str) -> Reply:
    """One of the waiting letters, to be read, stopped or sent at once."""
    found = next(((i, r, n) for i, r, n in _planned(call) if r["id"] == option), None)
    if found is None:
        row = letters.get(call.scene.tx, call.scene.tenant_id, option)
        known = row is not None and call.sight.interview(row["interview_id"], *RECRUITERS) is not None
        return wrong(words.LETTER_GONE) if known else not_found()
    interview, row, name = found
    card = letters.card_of(call.scene, row)
    return say(words.one_letter(name, card, _due(call, interview, row)), f"do:lt:{row['id']}")


def settle(call: Call, ids: list[str], option: str) -> Reply:
    """Stop a letter, send it at once, or take the stopping back."""
    row = letters.get(call.scene.tx, call.scene.tenant_id, ids[0])
    if row is None or call.sight.interview(row["interview_id"], *RECRUITERS) is None:
        return not_found()
    if option == "stop":
        stopped = letters.stop(call.scene, row, call.person_id)
        return say(words.stopped(), f"do:lt:{row['id']}") if stopped else wrong(words.LETTER_GONE)
    if option == "send":
        return say(desk_en.done(words.RESENDING)) if letters.send_now(call.scene, row) else wrong(words.LETTER_GONE)
    if option == "again":
        back = letters.plan_again(call.scene, row, call.person_id)
        return say(desk_en.done(words.PLANNED_AGAIN)) if back else wrong(words.LETTER_GONE)
    return say(desk_en.plain(desk_en.NOTHING_CHANGED))
