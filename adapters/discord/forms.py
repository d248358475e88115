"""A card's fields as modals, and a modal's values as fields. Pure.

A modal holds five parts and can't follow another directly: a longer form is cut into pages, each opened by a button
under the words that the last one was kept. A field and its reason (`ownership.level`, `ownership.why`) stay together.
"""

from collections import OrderedDict
from typing import Any, cast

from adapters.contract import FILL_IN
from adapters.layout import clean, one_line, shortened
from flows.cards import Card, Field, Option

PER_PAGE, TITLE, LABEL, HELP, TEXT = 5, 45, 45, 100, 4000
OPTION, HINT = 100, 100
_LABEL, _TEXT, _SELECT, _RADIO, _USER, _CHANNEL = 18, 4, 3, 21, 5, 8
_MOST_PEOPLE = 25
_WRITABLE = [0, 5]  # kinds of channels that a recruiter would have results in: text, announcements
_RADIO_MOST, _SELECT_MOST = 10, 25

Json = dict[str, Any]


def pages(card: Card) -> list[list[Field]]:
    """The fields in groups of at most five, in order."""
    found = list[list[Field]]()
    for group in _kept_together(card.fields):
        if found and len(found[-1]) + len(group) <= PER_PAGE:
            found[-1] += group
        else:
            found.append(group)
    return found


def _kept_together(fields: tuple[Field, ...]) -> list[list[Field]]:
    groups = list[list[Field]]()
    for field in fields:
        stem, dot, _ = field.key.rpartition(".")
        last = groups[-1] if groups else []
        together = bool(dot) and bool(last) and last[0].key.rpartition(".")[0] == stem and len(last) < PER_PAGE
        if together:
            last.append(field)
        else:
            groups.append([field])
    return groups


def page_of(card: Card, key: str) -> int:
    """The number of the page a field is on, from 1."""
    return next((n for n, page in enumerate(pages(card), 1) if any(f.key == key for f in page)), 1)


def modal(card: Card, token: str, page: int, values: dict[str, str]) -> Json:
    """One page. values: what was entered before; it wins over what the card is prefilled with."""
    all_pages = pages(card)
    page = min(max(page, 1), len(all_pages))
    of = len(all_pages)
    suffix = f" ({page} of {of})" if of > 1 else ""
    title = one_line(card.title or card.text) or "Please fill in"
    return {
        "custom_id": f"{token}:{FILL_IN}.{page}.{of}",
        "title": shortened(title, TITLE - len(suffix)) + suffix,
        "components": [_labelled(f, values.get(f.key, f.value)) for f in all_pages[page - 1]],
    }


def opened(option: str) -> int | None:
    """The page that a button opens, from its option; None for a button that opens no form."""
    name, dot, page = option.partition(".")
    if name != FILL_IN or "." in page:
        return None
    return int(page) if dot and page.isdigit() else 1


def sent_off(option: str) -> tuple[int, int] | None:
    """(page, of how many) from what a modal carries."""
    numbers = option.removeprefix(f"{FILL_IN}.").split(".")
    if not option.startswith(f"{FILL_IN}.") or len(numbers) != 2 or not all(n.isdigit() for n in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


def values(components: list[Json]) -> dict[str, str]:
    """What was entered: custom id -> value. Parts of an unknown kind have none."""
    found = dict[str, str]()
    for top in components:
        part = cast("Json", top.get("component") or (top.get("components") or [{}])[0])
        if "custom_id" in part:
            several = cast("list[str] | None", part.get("values"))
            found[str(part["custom_id"])] = ",".join(several) if several is not None else str(part.get("value") or "")
    return found


def typed(card: Card, entered: dict[str, str]) -> dict[str, str]:
    """Where a choice had too many options for a list and was typed: its number or its name becomes the option's id."""
    found = dict(entered)
    for field in card.fields:
        if field.key in entered and len(field.options) > _SELECT_MOST:
            found[field.key] = _meant(field, entered[field.key])
    return found


def _meant(field: Field, said: str) -> str:
    said = said.strip()
    if said.isascii() and said.isdigit() and 1 <= int(said) <= len(field.options):
        return field.options[int(said) - 1].id
    return next((o.id for o in field.options if o.label.casefold() == said.casefold()), said)


def _labelled(field: Field, value: str) -> Json:
    label, help_ = one_line(field.label) or field.key, one_line(field.help)
    long = len(label) > LABEL
    described = shortened(label if long else help_, HELP)
    placeholder = shortened(help_, HELP) if long else ""
    found: Json = {"type": _LABEL, "label": shortened(label, LABEL), "component": _part(field, value, placeholder)}
    return {**found, "description": described} if described else found


def _part(field: Field, value: str, placeholder: str) -> Json:
    base: Json = {"custom_id": field.key, "required": field.required}
    if field.kind in ("person", "people", "channel"):
        return {**base, **_picker(field, value)}
    if field.options and len(field.options) <= _SELECT_MOST:
        radio = 2 <= len(field.options) <= _RADIO_MOST
        options = [_option(o, value) for o in field.options]
        if radio:
            return {"type": _RADIO, **base, "options": options}
        return {"type": _SELECT, **base, "options": options, "min_values": 1 if field.required else 0, "max_values": 1}
    most = min(TEXT, max(1, field.max_length))
    found: Json = {"type": _TEXT, **base, "style": 2 if field.kind == "text" else 1, "max_length": most}
    if field.options:
        placeholder = "Its number or its name"
    if placeholder:
        found["placeholder"] = placeholder
    return {**found, "value": clean(value)[:most]} if clean(value) else found


def _picker(field: Field, value: str) -> Json:
    """People and channels, chosen from the platform's own. value: ids, with commas between them."""
    most = _MOST_PEOPLE if field.kind == "people" else 1
    kind, name = (_CHANNEL, "channel") if field.kind == "channel" else (_USER, "user")
    chosen = [{"id": id, "type": name} for id in value.split(",") if id.isascii() and id.isdigit()][:most]
    found: Json = {"type": kind, "min_values": 1 if field.required else 0, "max_values": most}
    found |= {"channel_types": _WRITABLE} if kind == _CHANNEL else {}
    return {**found, "default_values": chosen} if chosen else found


def _option(option: Option, value: str) -> Json:
    found: Json = {"label": shortened(one_line(option.label), OPTION) or option.id, "value": option.id}
    if hint := shortened(one_line(option.hint), HINT):
        found["description"] = hint
    return {**found, "default": True} if option.id == value and value else found


class Drafts:
    """What was entered on earlier pages, or before there were problems, until the form is sent off.

    In memory only, of the last few hundred forms: after a restart a person begins the form again.
    """

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._kept = OrderedDict[tuple[str, str], dict[int, dict[str, str]]]()

    def keep(self, user: str, token: str, page: int, entered: dict[str, str]) -> dict[str, str]:
        """Keep a page; returns everything that is kept of the form."""
        kept = self._kept.setdefault((user, token), {})
        kept[page] = entered
        self._kept.move_to_end((user, token))
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self.values(user, token)

    def values(self, user: str, token: str) -> dict[str, str]:
        """What was entered so far."""
        return {k: v for _, page in sorted(self._kept.get((user, token), {}).items()) for k, v in page.items()}

    def missing(self, user: str, token: str, of: int) -> list[int]:
        """The pages that aren't there."""
        return [n for n in range(1, of + 1) if n not in self._kept.get((user, token), {})]

    def drop(self, user: str, token: str) -> None:
        self._kept.pop((user, token), None)
