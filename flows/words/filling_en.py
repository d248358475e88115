"""The sentences of a form that is filled in field by field."""

from flows.cards import Card, Field, Option, Quote, Row

ONE_BY_ONE = (
    "One thing at a time, then. Nothing counts before you send it off at the end, and you can change all of it."
)
FILLED_IN = "Everything is filled in already. You can change one thing at a time."
SKIP = "Skip"
KEEP = "Keep it"
EMPTY_IT = "Leave it empty"
SEND = Option("send", "Send", "primary")
CHANGE = Option("change", "Change something")
NOTHING_TO_CHANGE = Option("keep", "Nothing after all", "quiet")
WHICH = "Which one would you like to change?"
EARLIER_STAYS = "Until then your earlier wording stays."
UNTIL_NOW = "Until now"
LEFT_EMPTY = "left empty"
_WRITE = "Write it in one message."


def one_field(field: Field, wrong: str, before: str, options: tuple[Option, ...], place: tuple[int, int]) -> Card:
    """One field of a form. wrong: why it is asked for again; before: what it has; place: (its number, of how many).

    What the choices mean is in the rows: a button has no room for it.
    """
    typed = field.kind not in ("choice", "scale")
    parts = (wrong, field.label, field.help, _WRITE if field.kind == "text" else "")
    return Card(
        "\n\n".join(p for p in parts if p),
        tone="question",
        options=options,
        rows=tuple(Row(o.label, o.hint) for o in field.options if o.hint),
        quotes=(Quote(before, UNTIL_NOW),) if before else (),
        progress=place,
        answering=typed,
    )


def look(rows: list[tuple[str, str]], submit: str) -> Card:
    """Everything that was filled in, before it is sent off: (label, value) each."""
    return Card(
        "This is what I have. Shall I send it off?",
        tone="question",
        rows=tuple(Row(label, value or LEFT_EMPTY) for label, value in rows),
        options=(Option(SEND.id, submit or SEND.label, "primary"), CHANGE),
    )


def reworded(label: str) -> str:
    return f"I've taken the new wording for \u201c{label}\u201d."
