"""A form filled in field by field: where a platform has no forms, or where somebody simply types.

What was given so far is journaled (kind `field`), so a restart in the middle keeps it. The whole form, sent off at
once, is taken at any time. Every card of it has the form's own token; its options name the field they are for:
`f<n>.<option>` gives field n (from 0), `f<n>.~` leaves it empty, `f<n>.=` keeps what it has, `c<n>` reopens it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flows import repair
from flows.cards import Card, Field, Option
from flows.events import Commanded, Edited, Happening, Removed, Said, Submitted, Tapped
from flows.ledger import Filling
from flows.steps import Fill
from flows.typed import Verdict, named, problem, tokens
from flows.words import filling_en as words
from flows.words.en import CANNOT_SKIP, OLD_BUTTON, pick_one

if TYPE_CHECKING:
    from flows.acting import Acting

FILL_IN = "~fill"  # what the "Fill in" button of a form carries (`adapters.contract.FILL_IN`)
_EMPTY, _KEEP = "~", "="
_PICKED = ("choice", "scale")


def state(act: "Acting", here: Fill) -> Filling | None:
    """What has been given of an open form so far; None where it isn't being filled in field by field."""
    return act.led.fillings.get(act.led.current(here.key))


def means(act: "Acting", here: Fill, order: str | None) -> bool:
    """Does the order ("skip", "change") concern one field here rather than the conversation?"""
    now = state(act, here)
    return now is not None and bool(now.todo if order == "skip" else now.given if order == "change" else ())


def may_skip(act: "Acting", here: Fill) -> bool:
    """Is a field being asked for that may be left empty?"""
    now = state(act, here)
    return now is not None and bool(now.todo) and not _field(here, now.todo[0]).required


def card(act: "Acting", here: Fill) -> Card | None:
    """What a form that is filled in field by field asks for just now; None where it isn't."""
    now = state(act, here)
    if now is None:
        return None
    fields = here.card.fields
    if now.todo:
        return _one(here, now)
    if now.picking:
        options = tuple(Option(f"c{n}", f.label) for n, f in enumerate(fields))
        return Card(words.WHICH, tone="question", options=(*options, words.NOTHING_TO_CHANGE))
    rows = [(f.label, _shown(f, now.values.get(f.key, ""))) for f in fields]
    return words.look(rows, here.card.submit)


def take(act: "Acting", here: Fill, event: Happening) -> Verdict | None:
    """Offer `event` to an open form; its values once it is complete and accepted."""
    if isinstance(event, Tapped) and any(o.id == event.option for o in here.card.options):
        return Verdict({"option": event.option}, event.option)
    if isinstance(event, Submitted):
        return _sent_off(act, here, event)
    now = state(act, here)
    if now is None:
        if isinstance(event, Said) or (isinstance(event, Tapped) and event.option == FILL_IN):
            _begin(act, here)
        return None
    order = _order(event)
    if order is not None and means(act, here, order):
        if order == "skip":
            return _skipped(act, here, now, event)
        return _ask(act, here, [now.given[-1], *now.todo], now.why)
    match event:
        case Tapped(option=option):
            return _tapped(act, here, now, option)
        case Said(id=u, text=text):
            return _said(act, here, now, u, text.strip())
        case Edited(id=u, text=text) if u in now.said.values():
            return _reworded(act, here, now, u, text.strip())
        case Removed(id=u) if u in now.said.values():
            return _ask(act, here, [*_keys_of(now, u), *now.todo], now.why)
        case _:
            return None


def _order(event: Happening) -> str | None:
    match event:
        case Said(text=text):
            return repair.intent(text)
        case Tapped(option=option):
            return option.removeprefix("~") if option.startswith("~") else None
        case Commanded(name=name):
            return name
        case _:
            return None


# -- what was entered ------------------------------------------------------------------------------------


def _sent_off(act: "Acting", here: Fill, event: Submitted) -> Verdict | None:
    """The whole form at once. Problems go back beside its fields."""
    values = {f.key: event.fields.get(f.key, "").strip() for f in here.card.fields}
    problems = _problems(here, values)
    if problems:
        act.reply.update(problems)
        return None
    return Verdict(values, "")


def _problems(here: Fill, values: dict[str, str]) -> dict[str, str]:
    """Field -> what is wrong with it: first each field by itself, then the form as a whole."""
    found = {f.key: wrong for f in here.card.fields if (wrong := problem(f, values[f.key]))}
    return found or (here.check(values) if here.check else {})


def _begin(act: "Acting", here: Fill) -> None:
    """Start to ask field by field. A form that comes with values has only its gaps asked for."""
    before = act.led.answer_before(here.key)
    given = before.data if before else {f.key: f.value for f in here.card.fields if f.value}
    values = {f.key: v for f in here.card.fields if isinstance(v := given.get(f.key), str)}
    todo = [f.key for f in here.card.fields if not values.get(f.key) and (f.required or not values)]
    act.show("~one", words.ONE_BY_ONE if todo else words.FILLED_IN)
    _keep(act, here, {"ask": todo, "values": values} if todo else {"pick": True, "values": values})
    act.ask_again(here)


def _tapped(act: "Acting", here: Fill, now: Filling, option: str) -> Verdict | None:
    shown = card(act, here)
    if option == FILL_IN:
        act.ask_again(here)
    elif shown is not None and any(o.id == option for o in shown.options):
        return _chosen(act, here, now, option)
    elif not _repeated(here, now, option):
        act.show("~old", OLD_BUTTON)
        act.ask_again(here)
    return None


def _repeated(here: Fill, now: Filling, option: str) -> bool:
    """Was this very button pressed twice? Then it has had its effect, and a second look at it would only confuse."""
    field = _named_field(here, option)
    if field is None:
        return option == words.CHANGE.id and now.picking
    value = option.partition(".")[2]
    had = now.values.get(field.key) == ("" if value == _EMPTY else value)
    return now.todo[:1] == [field.key] if option.startswith("c") else field.key in now.given and had


def _chosen(act: "Acting", here: Fill, now: Filling, option: str, u: str = "") -> Verdict | None:
    """One of the options on the screen, pressed or named."""
    field = _named_field(here, option)
    if field is not None and option.startswith("c"):
        act.settled.append((act.token(here.key), option))
        return _ask(act, here, [field.key])
    if field is not None:
        value = option.partition(".")[2]
        kept = {_EMPTY: "", _KEEP: now.values.get(field.key, "")}
        return _give(act, here, field.key, kept.get(value, value), u, option)
    if option == words.SEND.id:
        return _finish(act, here, option)
    _keep(act, here, {"pick": True} if option == words.CHANGE.id else {"ask": []})
    return _on(act, here, option)


def _said(act: "Acting", here: Fill, now: Filling, u: str, text: str) -> Verdict | None:
    shown = card(act, here)
    assert shown is not None
    field = _field(here, now.todo[0]) if now.todo else None
    if field is not None and field.kind not in _PICKED:
        # Only the whole label of a button counts: everything else is what the person has to say.
        beside = next((o.id for o in shown.options if tokens(o.label) == tokens(text)), None)
        if beside is not None:
            return _chosen(act, here, now, beside, u)
        wrong = problem(field, text)
        if wrong:
            return _wrong(act, here, wrong)
        return _give(act, here, field.key, text, u)
    option = named(shown.options, text)
    if option is None and not now.todo and not now.picking and repair.finishes(text):
        option = words.SEND.id
    if option is None:
        act.show("~pick", pick_one(shown.options), act.token(here.key))
        return None
    return _chosen(act, here, now, option, u)


def _reworded(act: "Acting", here: Fill, now: Filling, u: str, text: str) -> Verdict | None:
    """A message that gave a field its value was edited: the new wording counts, if it can."""
    key = _keys_of(now, u)[0]
    field = _field(here, key)
    value = text
    if field.kind in _PICKED:
        value = named(field.options, text) or text
    wrong = problem(field, value)
    if wrong:
        return _wrong(act, here, f"{wrong} {words.EARLIER_STAYS}")
    _keep(act, here, {"key": key, "value": value, "u": u})
    act.show("~reworded", words.reworded(field.label))
    return None if now.picking else _on(act, here, "")


def _skipped(act: "Acting", here: Fill, now: Filling, event: Happening) -> Verdict | None:
    field = _field(here, now.todo[0])
    if field.required:
        return _wrong(act, here, CANNOT_SKIP)
    n = here.card.fields.index(field)
    return _give(act, here, field.key, "", event.id if isinstance(event, Said) else "", f"f{n}.{_EMPTY}")


def _wrong(act: "Acting", here: Fill, say: str) -> None:
    act.show("~wrong", Card(say, tone="kind_error"))
    act.ask_again(here)


# -- going on --------------------------------------------------------------------------------------------


def _give(act: "Acting", here: Fill, key: str, value: str, u: str, chosen: str = "") -> Verdict | None:
    _keep(act, here, {"key": key, "value": value, "u": u})
    return _on(act, here, chosen)


def _on(act: "Acting", here: Fill, chosen: str) -> Verdict | None:
    """What comes next: a field, the look at everything, or the end."""
    now = state(act, here)
    assert now is not None
    if not (now.todo or now.picking or here.read_back):
        return _finish(act, here, chosen)
    if chosen:
        act.settled.append((act.token(here.key), chosen))
    act.ask_again(here)
    return None


def _finish(act: "Acting", here: Fill, chosen: str) -> Verdict | None:
    """Check what was given; the fields that a problem is found with are asked for again."""
    now = state(act, here)
    assert now is not None
    values = {f.key: now.values.get(f.key, "") for f in here.card.fields}
    problems = _problems(here, values)
    if not problems:
        return Verdict(values, chosen)
    if chosen:
        act.settled.append((act.token(here.key), chosen))
    again = [f.key for f in here.card.fields if f.key in problems]
    if again:
        return _ask(act, here, again, {k: problems[k] for k in again})
    _keep(act, here, {"pick": True})  # a problem that names no field of the form: the person chooses which to change
    return _wrong(act, here, " ".join(problems.values()))


def _ask(act: "Acting", here: Fill, keys: Iterable[str], why: dict[str, str] | None = None) -> None:
    _keep(act, here, {"ask": list(dict.fromkeys(keys)), **({"why": why} if why else {})})
    act.ask_again(here)


def _keep(act: "Acting", here: Fill, value: dict[str, object]) -> None:
    act.led.add(act.led.current(here.key), "field", value, act.at)


# -- showing ---------------------------------------------------------------------------------------------


def _one(here: Fill, now: Filling) -> Card:
    """The card that asks for the field whose turn it is."""
    field = _field(here, now.todo[0])
    n, before = here.card.fields.index(field), now.values.get(field.key, "")
    options = tuple(Option(f"f{n}.{o.id}", o.label, o.style) for o in field.options if field.kind in _PICKED)
    wrong = now.why.get(field.key, "")
    if before and not wrong:
        options += (Option(f"f{n}.{_KEEP}", words.KEEP, "quiet"),)
    if not field.required:
        options += (Option(f"f{n}.{_EMPTY}", words.EMPTY_IT if before else words.SKIP, "quiet"),)
    place = (n + 1, len(here.card.fields))
    return words.one_field(field, wrong, _shown(field, before) if before else "", options, place)


def _shown(field: Field, value: str) -> str:
    """A value as a person reads it: the label of what was chosen."""
    return next((o.label for o in field.options if o.id == value), value)


def _field(here: Fill, key: str) -> Field:
    return next(f for f in here.card.fields if f.key == key)


def _named_field(here: Fill, option: str) -> Field | None:
    """The field that an option belongs to."""
    number = option[1:].partition(".")[0]
    if option[:1] not in ("f", "c") or not (number.isascii() and number.isdigit()):
        return None
    return here.card.fields[int(number)] if int(number) < len(here.card.fields) else None


def _keys_of(now: Filling, u: str) -> list[str]:
    return [key for key, said in now.said.items() if said == u]
