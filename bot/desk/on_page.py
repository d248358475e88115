"""Forms of the desk on the web page, which has no pickers: people are written by name."""

from dataclasses import replace

from bot import people
from bot.desk.hire import listed
from bot.desk.sight import Sight
from bot.mail import Mail
from bot.scene import Scene
from flows.cards import Card, Field
from flows.words import schedule_en as words

COMMANDS = frozenset(
    ("schedule", "decide", "promise", "format")
)  # whose forms open there; `new` and `invite` are lines, and need a picker or none


def shown(scene: Scene, mail: Mail, card: Card | None) -> Card | None:
    """A card as the chat it goes to can show it: unchanged where that isn't the page."""
    if card is None or not card.fields or mail.source != people.WEB:
        return card
    sight = Sight(scene.tx, scene.keys, scene.tenant_id, mail.person_id)
    return replace(card, fields=tuple(_plain(sight, f) for f in card.fields))


def _plain(sight: Sight, field: Field) -> Field:
    if field.kind not in ("people", "person"):
        return field
    names = ", ".join(sight.name_of(p) for p in listed(field.value))
    return replace(field, kind="line", value=names, help=f"{words.BY_NAME} {field.help}".strip(), max_length=3000)
