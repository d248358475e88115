"""The record of a decision: what stands in it, who gets it and when, and that nothing in it is ever markup."""

import base64
import re
import zlib

import orjson
import pytest

from bot.funnel import deciding
from bot.scorecards import papers, record_paper
from bot.scorecards.record import Record, Section
from bot.store.rows import DataKey
from flows.words import record_en as words
from tests.bot.scorecards.conftest import last, within
from tests.bot.stagehand import Seat, Stage
from tests.shared import shared

WHY = "She asked for the error message first."


def attacks() -> list[str]:
    return [orjson.loads(x)["text"] for x in shared("cases", "injections.jsonl").read_text().splitlines()]


def record(*entries: tuple[str, str], candidate: str = "Ada Okoye") -> Record:
    return Record(candidate, "Monday", (Section("Ratings", entries),), "ab" * 32)


def written(pdf: bytes) -> str:
    """The text of a document, read back through the maps of its fonts."""
    objects = {int(n): body for n, body in re.findall(rb"(\d+) 0 obj\s(.*?)endobj", pdf, re.DOTALL)}

    def stream(body: bytes) -> bytes:
        raw = body.partition(b"stream")[2].lstrip(b"\r\n").rpartition(b"endstream")[0].rstrip(b"\r\n")
        plain = base64.a85decode(raw.removesuffix(b"~>")) if b"ASCII85" in body.partition(b"stream")[0] else raw
        return zlib.decompress(plain)

    maps: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        for name, number in re.findall(rb"/(F\d+\+\d+) (\d+) 0 R", body):
            unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
            if unicode:
                maps[name] = _codes(stream(objects[int(unicode[1])]))
    said: list[str] = []
    for body in objects.values():
        if b"/Length" in body and b"stream" in body and b"/Length1" not in body and b"/Subtype" not in body:
            page, font = stream(body), b""
            if b"BT" not in page:
                continue
            for token in re.finditer(rb"/(F\d+\+\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|T\*", page, re.DOTALL):
                if token[1]:
                    font = token[1]
                elif token[2] is not None:
                    said += [maps.get(font, {}).get(c, chr(c)) for c in _unescaped(token[2])]
                else:
                    said.append(" ")
    return " ".join("".join(said).split())


def _codes(table: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<(\w+)> <(\w+)>\n", table.partition(b"beginbfchar")[2])
    return {int(code, 16): bytes.fromhex(char.decode()).decode("utf-16-be") for code, char in pairs}


def _unescaped(raw: bytes) -> bytes:
    def one(m: re.Match[bytes]) -> bytes:
        if m[1].isdigit():
            return bytes([int(m[1], 8)])
        return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(m[1], m[1])

    return re.sub(rb"\\(\d{3}|.)", one, raw, flags=re.DOTALL)


# -- the paper ----------------------------------------------------------------------------------------------------------------


def test_the_text_can_be_read_back():
    pdf = record_paper.pdf(record(("Priya", WHY), ("Ω", "Жизнь, façade, 50 % – “quoted”")))
    said = written(pdf)
    assert WHY in said
    assert "Жизнь, façade, 50 % – “quoted”" in said
    assert "Ada Okoye" in said
    assert "ab" * 32 in said


def test_every_known_attack_comes_out_as_the_text_it_is():
    rows = attacks()
    assert len(rows) > 60
    pdf = record_paper.pdf(record(*((f"L{n}", row) for n, row in enumerate(rows)), candidate=rows[0]))
    said = written(pdf).replace(" ", "")
    for row in rows:
        wanted = "".join(record_paper.shown(row).split())
        assert wanted in said, row
    for live in (b"/URI", b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/Annots"):
        assert live not in pdf


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "<font color=red>x",
        "&amp; &lt;",
        "</para>",
        "<img src='file:///etc/passwd'/>",
        "a\n\nb",
        "<a href='x'>y</a>",
    ],
)
def test_markup_is_text(text: str):
    said = written(record_paper.pdf(record((text, text), ("", text), candidate=text)))
    assert said.replace(" ", "").count("".join(text.split())) >= 3


def test_another_script_is_said_to_be_there_and_nothing_is_shown_in_the_wrong_order():
    assert record_paper.shown("Ada مرحبا بالعالم ok") == f"Ada {words.OTHER_SCRIPT.format(count=13)} ok"
    assert record_paper.shown("你好") == words.OTHER_SCRIPT.format(count=2)
    assert record_paper.shown("a\u202eb\u200bc") == "abc"
    assert record_paper.shown("Ωж é") == "Ωж é"


def test_a_very_long_reason_and_a_word_without_an_end_fit():
    pdf = record_paper.pdf(record(("Why", "word " * 600), ("Why", "x" * 3000)))
    assert written(pdf).count("word") == 600
    assert written(pdf).replace(" ", "").count("x") >= 3000
    assert pdf == record_paper.pdf(record(("Why", "word " * 600), ("Why", "x" * 3000)))
    assert len(pdf) < papers.MOST


# -- what stands in it ----------------------------------------------------------------------------------------------------------


async def gathered(stage: Stage, ada: Seat, name: str) -> Record | None:
    interview, who = await stage.interview(ada), stage.seats[name].who
    app, at = stage.app, stage.clock.now()
    return await app.store.read(
        lambda tx: papers.of_interview(tx, app.keys, who.tenant_id, interview["id"], who.person_id, at)
    )


def entries(found: Record, title: str) -> list[tuple[str, str]]:
    return [e for s in found.sections if s.title == title for e in s.entries]


@pytest.fixture
async def ada(stage: Stage) -> Seat:
    """A candidate whose cards are open: far apart on everything."""
    seat = await stage.finished()
    await stage.seats["Priya"].rates("Ada Okoye", "5", WHY, "strong_yes")
    assert await gathered(stage, seat, "Noor") is None, "before the reveal there is no record for anybody"
    await stage.seats["Tom"].rates("Ada Okoye", "2", "Too little.", "no")
    return seat


async def test_it_says_who_rated_what_and_why_and_who_decided(stage: Stage, ada: Seat):
    noor = stage.seats["Noor"].who.person_id
    await within(stage, ada, lambda s, row: deciding.decide(s, row, "hold", "We wait for the team's budget.", noor))
    found = await gathered(stage, ada, "Noor")
    assert found is not None
    who = dict(entries(found, words.WHO))
    assert who[words.CANDIDATE] == "Ada Okoye"
    assert who[words.KIT] == "test-engineer, version 3"
    assert "2026" in who[words.REVEALED]
    assert {k for k, _ in entries(found, words.CONSENTS)} >= {"interview", "scoring"}
    machine = dict(entries(found, words.MACHINE))
    assert machine[words.SCORER].startswith("text matching")
    ratings = entries(found, words.RATINGS)
    assert ("Ownership", f"5 of 5. {WHY}") in ratings
    assert (words.RECOMMENDATION, "Strong yes") in ratings
    assert [said for label, said in ratings if not label and "before anybody saw" in said]
    assert ("Ownership", "from 2 to 5") in entries(found, words.APART)
    ((decided, reason),) = entries(found, words.DECISIONS)
    assert decided.startswith("1. wait, by Noor, ")
    assert reason == "We wait for the team's budget."
    happened = " ".join(said for _, said in entries(found, words.HISTORY))
    assert "a scorecard was submitted (Priya)" in happened


async def test_the_export_has_every_version_and_decision_for_recruiters_and_none_of_it_for_the_candidate(
    stage: Stage, ada: Seat
):
    noor = stage.seats["Noor"].who.person_id
    reason = "We wait for the team's budget."
    await within(stage, ada, lambda s, row: deciding.decide(s, row, "hold", reason, noor))
    await within(
        stage, ada, lambda s, row: deciding.decide(s, row, "hold", "Still waiting, a week later.", noor, seen=1)
    )
    interview = (await stage.interview(ada))["id"]
    exported = await stage.seats["Noor"].exports(interview)
    assert exported is not None
    assert [(d["version"], d["by"], d["reason"]) for d in exported["decisions"]] == [
        (1, "Noor", reason),
        (2, "Noor", "Still waiting, a week later."),
    ]
    machine = next(c for c in exported["scorecards"] if c["rater"] == "machine")
    assert (machine["card"]["kit"], machine["card"]["kit_version"], machine["card"]["kind"]) == (
        *("test-engineer", 3),
        "evidence-map",
    )
    assert {c["rater"] for c in exported["scorecards"]} == {"machine", "Priya", "Tom"}
    own = await ada.exports(interview)
    assert own is not None
    assert not {"decisions", "scorecards", "comments", "letters"} & set(own)
    assert "decision_made" not in str(own)
    assert "rated" not in [f["name"] for f in own["facts"]]
    assert "submitted" in [f["name"] for f in own["facts"]]


async def test_the_hash_stays_as_long_as_nothing_has_changed(stage: Stage, ada: Seat):
    first = await gathered(stage, ada, "Noor")
    stage.clock.forward(1000)
    again = await gathered(stage, ada, "Noor")
    assert first is not None
    assert again is not None
    assert first.digest == again.digest
    noor = stage.seats["Noor"].who.person_id
    await within(stage, ada, lambda s, row: deciding.decide(s, row, "hold", "We wait for a while.", noor))
    changed = await gathered(stage, ada, "Noor")
    assert changed is not None
    assert changed.digest != first.digest


async def test_only_recruiters_get_it_by_command_and_in_their_own_chat(stage: Stage, ada: Seat):
    noor = stage.seats["Noor"]
    await noor.orders("/interview record Ada")
    card = (await last(noor))["card"]
    (file,) = card["files"]
    assert file["mime"] == papers.KIND
    assert WHY in written(base64.b64decode(file["data"]))
    for name in ("Priya", "Leila"):
        said = await stage.seats[name].orders("/interview record Ada")
        assert "files" not in said
        assert await gathered(stage, ada, name) is None
    said = await noor.orders("/interview record Nobody")
    assert "Nobody" in said["text"]
    await stage.finished("Bo Berg")
    said = await noor.orders("/interview record Bo")
    assert said["text"] == words.not_yet("Bo Berg")
    assert (await noor.orders("/interview record"))["text"] == words.HOW


async def test_a_candidate_who_is_forgotten_has_no_record(stage: Stage, ada: Seat):
    person = ada.who.person_id
    await stage.app.store.commit(lambda tx: tx.delete(DataKey, {"subject_id": person}))
    stage.app.keys.forget(stage.app.tenant_id, person)
    assert await gathered(stage, ada, "Noor") is None
