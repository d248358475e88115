"""What one reader may see of one interview, as the review page shows it: computed from stored state at every request.

Before the reveal nothing here has seen a rating, a remark of somebody else's or the machine's card.
"""

from dataclasses import replace
from typing import Any

from bot import hiring
from bot.app import App
from bot.guiding.notes import notes_of
from bot.keyring import Erased, Keyring
from bot.people import Visitor
from bot.recordings import shelf, transcripts
from bot.scorecards import comments, listening, moments, post, rating
from bot.scorecards.comments import Remark
from bot.scorecards.moments import Reader
from bot.scorecards.post import PanelState
from bot.store.store import Row, Tx
from bot.web import transcript
from bot.web.pieces import Stretch, cut
from flows.cards import Option
from flows.cards import to_json as card_json
from flows.rating.card import MachineCard
from flows.words import listen_en, pages_en, score_en, voice_en
from flows.words import review_en as rating_words
from flows.words import review_page_en as words

Shown = dict[str, Any]


def view(app: App, tx: Tx, reader: Reader | Visitor, interview_id: str) -> Shown | None:
    """Everything on the page for this reader; None where there is nothing for them, whatever the reason."""
    try:
        interview = hiring.get_interview(tx, reader.tenant_id, interview_id)
        if not moments.may_read(tx, interview, reader.person_id):
            return None
        return _view(app.keys, tx, reader, interview)
    except (LookupError, Erased):
        return None


def _view(keys: Keyring, tx: Tx, reader: Reader | Visitor, interview: Row) -> Shown:
    sees = rating.may_see_cards(tx, interview, reader.person_id)
    state = replace(
        post.panel_state(tx, keys, interview), candidate=moments.name_for(tx, keys, interview, reader.person_id)
    )
    remarks = comments.visible(tx, keys, interview, reader.person_id, sees)
    items = transcript.items(tx, keys, interview, state.candidate)
    machine = state.machine if sees else None
    recordings, mute = listening.of_interview(tx, interview), listening.kept_from(tx, interview, reader.person_id)
    recruits = moments.may_record(tx, interview, reader.person_id)
    for item in items:
        if item["kind"] == "answer":
            _annotate(item, machine, state, remarks)
        elif item["kind"] == "question":
            item["ai_said"] = words.AI_USED.get(item["ai"], "")
            item["beside"] = [_beside(state, key) for key in item["competencies"]] if sees else []
        if item["kind"] == "answer" and item["id"] in recordings:
            item["spoken"] = True
            item["recording"] = _recording(tx, keys, interview, recordings[item["id"]], mute, recruits)
    due = [name for name, done in state.panel if not done]
    return {
        "interview_id": interview["id"],
        "candidate_name": state.candidate,
        "role_title": state.role,
        "status": pages_en.STATUS.get(state.status, state.status),
        "items": items,
        "turns": _turns(items),
        "notes": [
            {"who": n.who, "ask": n.ask, "text": n.text} for n in notes_of(tx, keys, interview, reader.person_id)
        ],
        "revealed": sees,
        "why_sealed": words.REREAD_TEXT if state.revealed and not sees else words.SEALED_TEXT,
        "cards": [_open_card(state)] if sees else [],
        "competencies": _legend(items, state) if sees else [],
        "remarks": [_remark(r) for r in remarks],
        "panel_said": words.n_of_m(len(state.panel) - len(due), len(state.panel)) if state.panel else "",
        "due_said": words.still_due(due) if state.panel and not sees else "",
        "own": _own(keys, tx, reader, interview),
        "record_url": f"/review/{interview['id']}/record.pdf" if sees and recruits else "",
    }


def _open_card(state: PanelState) -> Shown:
    """The channel's post without its buttons, which are pressed there, and without the way to where one is already."""
    return card_json(replace(post.open_card(state), options=(), links=()))


def _turns(items: list[Shown]) -> list[Shown]:
    """Each question with what was said about it."""
    turns: list[Shown] = []
    for item in items:
        if item["kind"] == "question":
            turns.append({"question": item, "items": []})
        else:
            turns[-1]["items"].append(item)
    return turns


# -- the answers --------------------------------------------------------------------------------------------------------


def _annotate(item: Shown, machine: MachineCard | None, state: PanelState, remarks: list[Remark]) -> None:
    """Cut an answer into pieces, and list beside it what they mean."""
    utterance, said = item["id"], item.pop("said")
    evidence, flags = _evidence(machine, utterance), _flags(machine, utterance)
    stretches = [Stretch(e["start"], e["end"], "evidence", e["key"]) for e in evidence]
    stretches += [Stretch(f["start"], f["end"], "flag", f["kind"]) for f in flags]
    own = [r for r in remarks if r.utterance_id == utterance]
    stretches += [Stretch(r.start, r.end, "remark", r.id) for r in own if r.start < r.end and not r.under]
    pieces = cut(said, stretches)
    item["pieces"] = [{"piece": p, "unseen_said": words.unseen(p.unseen) if p.unseen else ""} for p in pieces]
    item["evidence"] = [{**e, "title": _title(state, e["key"])} for e in evidence]
    item["flags"] = list(dict.fromkeys(words.flagged(f["kind"]) for f in flags))


def _recording(tx: Tx, keys: Keyring, interview: Row, row: Row, mute: str, recruits: bool) -> Shown:
    """An answer's recording for the player. mute: see `listening.kept_from`. `why`: a sentence where there is nothing to be
    heard (any more)."""
    shown: Shown = {"ms": row["ms"], "length": voice_en.length(row["ms"] / 1000), "why": ""}
    if not row["blob"] or row["state"] in shelf.OVER:
        return {**shown, "why": listen_en.GONE}
    if mute:
        return {**shown, "why": listen_en.NOT_YET if mute == listening.HIDDEN else listen_en.ENDED}
    body = shelf.opened(tx, keys, row)
    url = f"/review/{interview['id']}/recordings/{row['id']}"
    shown |= {"url": url, "video": body.mime.startswith("video/"), "poster": bool(row["picture"]), "file": recruits}
    return {**shown, "points": body.waveform, "language": transcripts.language_of(tx, row)}


def _evidence(machine: MachineCard | None, utterance: str) -> list[Shown]:
    """What the machine saw in one answer: each mark with its place, its indicator and how sure it is."""
    found: list[Shown] = []
    for result in machine.results if machine else ():
        for m in result.marks:
            if m.span and m.span.utterance_id == utterance and m.status in words.MARKS:
                mark = {"key": result.competency, "indicator": m.text, "status": words.MARKS[m.status]}
                found.append({**mark, "start": m.span.start, "end": m.span.end})
    return sorted(found, key=lambda e: (e["start"], e["end"]))


def _flags(machine: MachineCard | None, utterance: str) -> list[Shown]:
    answers = machine.answers if machine else ()
    found = {(f.span.start, f.span.end, f.kind) for a in answers for f in a.flags if f.span.utterance_id == utterance}
    return [{"start": start, "end": end, "kind": kind} for start, end, kind in sorted(found)]


def _title(state: PanelState, key: str) -> str:
    competency = state.kit.competencies.get(key)
    return (competency.title or key) if competency else key


def _beside(state: PanelState, key: str) -> Shown:
    """One competency as people rated it, with their reasons, and what the machine said of it."""
    rated = [(h.rater, *h.ratings[key]) for h in state.humans if key in h.ratings]
    machine = next((r.phrase for r in state.machine.results if r.competency == key), "") if state.machine else ""
    people = [{"who": who, "level": level, "why": why} for who, level, why in rated]
    return {"key": key, "title": _title(state, key), "people": people, "machine": machine}


def _legend(items: list[Shown], state: PanelState) -> list[Shown]:
    """The competencies, each with its number on the page and how many places show it."""
    places = [e["key"] for item in items for e in item.get("evidence", ())]
    return [
        {"key": key, "n": n, "title": _title(state, key), "places": places.count(key)}
        for n, key in enumerate(state.kit.competencies, 1)
    ]


def _remark(remark: Remark) -> Shown:
    place = {"id": remark.id, "utterance": remark.utterance_id, "start": remark.start, "end": remark.end}
    said = {"who": remark.author, "text": remark.text, "mine": remark.mine, "shared": remark.shared}
    return {**place, **said, "under": remark.under, "at": remark.at}


def remarks_of(app: App, tx: Tx, reader: Reader | Visitor, interview_id: str) -> list[Shown] | None:
    """The remarks on one interview as this reader may see them now; None where there is nothing for them."""
    try:
        interview = hiring.get_interview(tx, reader.tenant_id, interview_id)
        if not moments.may_read(tx, interview, reader.person_id):
            return None
        sees = rating.may_see_cards(tx, interview, reader.person_id)
        return [_remark(r) for r in comments.visible(tx, app.keys, interview, reader.person_id, sees)]
    except (LookupError, Erased):
        return None


# -- the reader's own card ----------------------------------------------------------------------------------------------


def _own(keys: Keyring, tx: Tx, reader: Reader | Visitor, interview: Row) -> Shown | None:
    """The reader's own rating: its state, the card, and the form while it is due. None for somebody who doesn't rate."""
    panel, due = hiring.due_raters(tx, interview)
    row = hiring.cards_of(tx, interview["tenant_id"], interview["id"]).get(reader.person_id)
    if reader.person_id not in panel and row is None:
        return None
    state = "none" if row is None else row["state"]
    can = reader.person_id in due and interview["status"] in ("submitted", "scored")
    given = row is not None and state != "draft"
    card = card_json(post.private_view(tx, keys, interview, reader.person_id)) if given else None
    form = _form(keys, tx, reader, interview) if can else None
    return {"state": state, "said": words.CARD_STATES[state], "card": card, "form": form}


def _form(keys: Keyring, tx: Tx, reader: Reader | Visitor, interview: Row) -> Shown:
    """The scales with their anchors, filled in with what was kept."""
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    focus = hiring.flags(interview).get("focus", {}).get(reader.person_id)
    kept = rating.draft_of(tx, keys, interview, reader.person_id)
    rows: list[Shown] = []
    for key, competency in hiring.kit_of(requisition).competencies.items():
        if focus and key not in focus:
            continue
        own = kept.get("ratings", {}).get(key, {})
        chosen = "" if "level" not in own else rating_words.NO_BASIS.id if own["level"] is None else str(own["level"])
        levels = [{"id": str(n), "label": str(n), "hint": hint} for n, hint in sorted(competency.anchors.items())]
        levels.append({"id": rating_words.NO_BASIS.id, "label": score_en.NO_BASIS, "hint": ""})
        rows.append({"key": key, "title": competency.title or key, "options": levels, "chosen": chosen})
        rows[-1]["why"] = own.get("why", "")
    neutral = hiring.settings_of(requisition).get("recommendation") == 5
    votes: list[Option] = list(rating_words.recommendations(neutral))
    return {"rows": rows, "options": votes, "vote": kept.get("recommendation", "")}
