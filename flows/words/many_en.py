"""Every sentence of deciding about many at once, in English."""

from flows.cards import Card, Field, Option, Quote, Row
from flows.words import desk_en
from flows.words.shortlist_en import people

ADVANCE, REJECT = "advance", "reject"
NOBODY = "There is nobody to decide about: name some people, or write \u201crest of TITLE\u201d."
NO_THESE = "I don't know whom you mean by \u201cthese\u201d. Choose them on a shortlist, or write their names."
ALREADY = "is decided already; decide anew about them alone"
OVER = "This has been answered already."
OLD = "This preview is more than a day old, so I've put it away. Please start again."
CANCELLED = "Fine, nothing is decided and nobody is written to."
TOMORROW, NOW = "tomorrow", "now"
MORE = "and {n} more"
_HOW = {
    ADVANCE: "/interview advance Mateo Ruiz, Sara Haddad because both say what they would do differently",
    REJECT: "/interview reject rest of Support engineer because others showed more of what the role asks for",
}
_DO = {ADVANCE: "advance", REJECT: "turn down"}
_DONE = {ADVANCE: "advanced", REJECT: "turned down"}


def how(outcome: str) -> str:
    return f"Please say whom and why, for example: {_HOW[outcome]}"


def say_why(outcome: str, n: int) -> Card:
    """Where no form can be opened."""
    return Card(
        f"Why do you {_DO[outcome]} {people(n)}? Write it like this, and I'll show you everything first: "
        f"/interview {outcome} these because REASON",
        tone="question",
    )


def form(outcome: str, n: int) -> Card:
    help_ = "One reason that holds for each of them. It is kept with every one of the decisions, with your name."
    fields = [Field("reason", "Why?", "text", help=help_, max_length=2000)]
    if outcome == REJECT:
        options = (
            Option(TOMORROW, "Tomorrow at 10:00, where each of them is"),
            Option(NOW, "Now, or when their night is over"),
        )
        fields.append(Field("when", "When do they hear?", "choice", options, value=TOMORROW))
    title = f"{_DO[outcome].capitalize()} {people(n)}"
    return Card("You see everything before it happens.", title=title, fields=tuple(fields), submit="Show me")


def on_to(stage: str) -> str:
    return f"goes on to: {stage}"


def hears(at: str) -> str:
    return f"their letter goes out on {at}"


def addressed(name: str) -> str:
    return f"To {name}"


def preview(
    outcome: str,
    good: int,
    bad: int,
    reason: str,
    rows: tuple[Row, ...],
    letters: tuple[Quote, ...],
    page: int,
    pages: int,
) -> Card:
    """What would happen, and to whom it can't. letters: as each of those on this page would get it."""
    said = f"{people(good)} can be {_DONE[outcome]}." if good else f"Nobody can be {_DONE[outcome]}."
    said += f" {people(bad)} can't, and {'stays as they are' if bad == 1 else 'stay as they are'}." if bad else ""
    said += " Nothing has happened yet." if good else ""
    options = [
        Option("yes", f"{_DO[outcome].capitalize()} {people(good)}", "danger" if outcome == REJECT else "primary")
    ]
    options += [Option(f"p{page - 1}", "Back", "quiet")] if page > 1 else []
    options += [Option(f"p{page + 1}", "Next page", "quiet")] if page < pages else []
    options.append(Option("no", "Leave it", "quiet"))
    foot = f"Page {page} of {pages}" if pages > 1 else ""
    shown = (Row("Because", reason), *rows)
    return Card(said, tone="question", rows=shown, quotes=letters, options=tuple(options) if good else (), foot=foot)


def running(outcome: str, n: int) -> Card:
    return Card(
        f"I'm going through {people(n)}, one after the other. You can stop: what is done stays done, the rest stays as it is.",
        options=(Option("stop", "Stop", "danger"),),
    )


STOPPED = "Stopped."


def summary(outcome: str, done: int, skipped: int, left: int, stopped: bool) -> str:
    said = [STOPPED] if stopped else []
    said.append(f"{people(done)} {_DONE[outcome]}.")
    said += [f"{people(skipped)} couldn't be; each is named below."] if skipped else []
    said += [f"{people(left)} {'stays as they are' if left == 1 else 'stay as they are'}."] if left else []
    return " ".join(said)


def over(text: str, rows: tuple[Row, ...], letters: int) -> Card:
    """letters: how many haven't gone out yet."""
    options = (Option("unsend", f"Stop the letters ({letters})", "danger", "Those that haven't gone out"),)
    return Card(text, tone="done", rows=rows, options=options if letters else ())


def unsent(n: int) -> Card:
    if not n:
        return desk_en.plain("No letter is left to stop: they have gone out, or were stopped already.")
    return desk_en.done(
        f"{'1 letter' if n == 1 else f'{n} letters'} won't go out. The decisions stand: these people should still hear of them."
    )
