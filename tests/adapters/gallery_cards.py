"""Cards that no acted conversation shows: a team's channel, its desk, limits, and text that would like to be markup."""

from bot.scorecards.post import HumanCard, PanelState, channel_post
from flows.cards import Card, Field, Link, Mark, Option, Quote, Row, Score
from flows.rating.card import CompetencyResult, MachineCard, MachineMark, not_scored
from flows.rating.evidence import Span
from flows.words import desk_en, en, panel_en, reception_en
from tests.adapters.files import BOOKED, INVITATION, PICTURE
from tests.adapters.gallery import Entry, Hanging, Said, entry, settled
from tests.flows.sample_kit import KIT

HELPERS = ("done", *en.TOOLS)
HUMANS = (
    HumanCard("Noor", "yes", {"ownership": (4, "Rolled the change back herself."), "clarity": (None, "")}),
    HumanCard(
        "Priya",
        "strong_yes",
        {"ownership": (5, "Gives times and a result."), "clarity": (3, "Says what still works.")},
        late=True,
    ),
)
# What a candidate may write, in every markup there is. All of it has to arrive as these very characters.
MARKUP = (
    "<!channel> <@U123> @everyone @ada_l #general :fire: *bold* _italic_ ~gone~ `code` **two** ||hidden|| "
    "[a link](https://evil.example/x) <https://evil.example|click> <b>b</b> &lt; &amp; discord.gg/abc "
    "www.evil.example /start $TSLA \\*\n> quoted\n# heading\n- item\n1. first\n-# small\n```\nfence\n```\n\u202eturned\u202c \U0001f600"
)
LONG = "I wrote down what I knew, told the shift lead, and rang the customer back. "


def more() -> tuple[Hanging, ...]:
    """The rows below the conversations."""
    return (
        _hang("channel", "A hiring channel", _channel()),
        _hang("desk", "A recruiter's desk", _desk()),
        _hang("settled", "After the answer", _after()),
        _hang("files", "Pictures and documents", _files()),
        _hang("markup", "Words that look like markup", _markup()),
        _hang("limits", "At the limits", _limits()),
    )


def _hang(name: str, title: str, shown: list[Entry | Said]) -> Hanging:
    return Hanging(name, title, tuple(shown))


def _panel(*submitted: bool, **more: object) -> PanelState:
    panel = tuple(zip(("Noor", "Priya"), submitted, strict=True))
    whole: dict[str, object] = {"status": "submitted", **more}
    return PanelState("Ada", "Support engineer", "iv_1", kit=KIT, panel=panel, **whole)  # pyright: ignore[reportArgumentType] -- named states


def machine() -> MachineCard:
    """Two competencies: one with quotes, one that was too short to be read by machine."""
    marks = (
        MachineMark("own_step", "Says what they did themselves", "found", "I rolled the last change back myself.", Span("u1", 0, 37)),
        MachineMark("result", "Gives a result", "found", "We were down for eleven minutes and nothing was lost.", Span("u2", 0, 53)),
        MachineMark("next", "Names a change", "unclear"),
    )  # fmt: skip
    short = tuple(MachineMark(k, i.text, "missing") for k, i in KIT.competencies["clarity"].indicators.items())
    results = (
        CompetencyResult("ownership", "Ownership", "2 of 3 indicators found, by text matching", marks),
        CompetencyResult("clarity", "Clear explanation", not_scored("too_short"), short, reason="too_short"),
    )
    return MachineCard("evidence-map", KIT.kit, KIT.version, results, ())


def _channel() -> list[Entry | Said]:
    question = Quote("Are Sundays off?", "Ada")
    posts = [
        channel_post(_panel(False, True)),
        channel_post(_panel(False, False, gate=("no_scoring",))),
        channel_post(_panel(True, True, revealed=True, machine=machine(), humans=HUMANS)),
        channel_post(_panel(True, False, revealed=True, humans=HUMANS[:1], forced="Priya is ill this week")),
        channel_post(_panel(False, False, status="withdrawn")),
        Card(panel_en.asks("Ada"), quotes=(question,), foot=panel_en.REPLY_HINT),
        Card(panel_en.asks("Ada"), tone="done", quotes=(question,), foot=panel_en.passed_on("Noor")),
        panel_en.notice("human_asked", "Ada"),
        panel_en.adjustment("Ada", "time"),
        panel_en.now_open("Ada", "iv_1"),
        reception_en.unreachable("Ada", "Telegram", reception_en.reason("blocked"), "Support engineer", "Northwind", "https://parley.example/i/abc"),
    ]  # fmt: skip
    return [entry(n, card) for n, card in enumerate(posts)]


def _desk() -> list[Entry | Said]:
    kits = (("support-engineer", "Support engineer"), ("shop-assistant", "Shop assistant"))
    new = desk_en.new_form(kits, {"title": "Support engineer", "kit": "support-engineer"})
    requisitions = (("rq_1", "Support engineer"), ("rq_2", "Shop assistant"))
    which = tuple(Option(f"iv_{n}", f"Ada Okoye, position {n}", hint=f"Invited {n} days ago") for n in range(1, 13))
    candidate = desk_en.candidate(
        "Ada Okoye", "Support engineer", (Row("Stage", "answering"), Row("Waits for", "Ada, since Tuesday")),
        ("link", "remind", "pause", "move", "withdraw"), "/review/iv_1",
    )  # fmt: skip
    shown: list[Entry | Said] = [Said("Mira", "/interview help"), entry(0, desk_en.help_card(tuple(desk_en.USAGE)))]
    form, invite = entry(1, new), entry(2, desk_en.invite_form(requisitions))
    shown += [Said("Mira", "/interview new"), form, Entry(form.out, "form")]
    shown += [Said("Mira", "/interview invite"), invite, Entry(invite.out, "form")]
    shown += [entry(3, desk_en.invited("Ada Okoye", "Support engineer", "https://parley.example/i/abc", 14))]
    shown += [entry(4, desk_en.twin("Ada Okoye", "Support engineer")), entry(5, candidate)]
    shown += [entry(6, desk_en.which("Ada", 12, which))]
    return [*shown, entry(7, desk_en.unknown_command("invit", "invite")), entry(8, reception_en.STRANGER)]


def _after() -> list[Entry | Said]:
    choice = Card(
        "May your answers be kept for 180 days?",
        title="Third of three",
        tone="question",
        options=(Option("yes", "Yes"), Option("no", "No, delete them after the decision")),
    )
    hinted = Card(
        "Did you use an AI tool for this answer?",
        options=(
            Option("none", "No", hint="All in my own words"),
            Option("some", "Yes, partly", hint="It is not held against you"),
        ),
    )
    heard = Card("How did it end?", tone="question", answering=True, progress=(2, 5))
    asked, with_hints, listening = entry(0, choice), entry(1, hinted), entry(2, heard, True, HELPERS)
    return [
        asked, settled(asked, "no"), settled(asked, "gone"), with_hints, settled(with_hints, "some"),
        listening, Entry(listening.out, "helpers"), settled(listening, "done"),
    ]  # fmt: skip


def _files() -> list[Entry | Said]:
    times = tuple(Option(f"s{n}", f"{day} November, 10:00") for n, day in enumerate(("Tuesday, 24", "Thursday, 26"), 1))
    week = Card("Which of these suits you? All times are for Berlin.", title="Times", files=(PICTURE,), options=times)
    asked = entry(0, week)
    return [
        asked, settled(asked, "s2"), entry(1, BOOKED), entry(2, Card(LONG * 15, files=(PICTURE, INVITATION))),
    ]  # fmt: skip


def _markup() -> list[Entry | Said]:
    card = Card(
        MARKUP,
        title="*Title* <@U1> [x](https://evil.example)",
        rows=(Row("*Label*", MARKUP),),
        quotes=(Quote(MARKUP, "@ada_l", "/review/iv_1#u1"),),
        options=(Option("a", "*Yes* <@U1> @everyone"), Option("b", "No", hint="_why_ `not`")),
        links=(Link("Read <b>the</b> *transcript*", "/review/iv_1"), Link("Not a page", "javascript:alert(1)")),
        foot="_foot_ #general /stop",
    )
    form = entry(
        2, Card("Please <b>check</b>", title="*Form*", fields=(Field("k", "*Label* @everyone", value=MARKUP),))
    )
    asked = entry(0, card)
    return [asked, settled(asked, "a"), entry(1, Card("", scores=(_score(MARKUP),))), form, Entry(form.out, "form")]


def _score(words: str) -> Score:
    return Score(
        "Ownership *of* it", (("Noor", 4), ("@priya", None)), "2 of 3 indicators found",
        (Mark("Says _what_ they did", "found"), Mark("Gives a result", "unclear"), Mark("Names a change", "missing"),
         Mark("Asks back", "none")),
        (Quote(words, "Says what they did", "/review/iv_1#u1"),), ("Names a change",), (("Noor", words),),
    )  # fmt: skip


def _limits() -> list[Entry | Said]:
    many = tuple(Option(f"o{n}", f"Option number {n}") for n in range(1, 31))
    long_label = "I would rather talk to somebody from the team about this before I decide anything at all today"
    wordy = (Option("a", long_label, "primary"), Option("b", long_label + ", really", hint=LONG * 2), Option("c", "No"))
    levels = tuple(Option(str(n), str(n), hint=LONG * 2) for n in range(1, 6))
    fields = list[Field]()
    for n in range(1, 5):
        title = f"Competency {n}: {LONG if n == 3 else 'clear explanation'}"
        fields += [Field(f"c{n}.level", title, "scale", levels), Field(f"c{n}.why", f"{title}: why?", "text")]
    rating = Card("Many competencies.", title="A long form for a long day of rating", fields=tuple(fields))
    form = entry(4, rating)
    return [
        entry(0, Card(LONG * 80, title="An answer of six thousand characters", progress=(3, 12), foot="The end.")),
        entry(1, Card("Which one?", tone="question", options=many)),
        entry(2, Card("Which of these comes closest?", tone="question", options=wordy)),
        entry(3, Card("How strong was it?", options=tuple(Option(str(n), str(n)) for n in range(1, 6)))),
        form, Entry(form.out, "form"),
        entry(5, Card("", title="A title alone " * 14)),
    ]  # fmt: skip
