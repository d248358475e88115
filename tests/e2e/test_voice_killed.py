"""Voice notes while the process is killed: as they are fetched, listened to, and between their words and the conversation.
Their words come exactly once, and nothing of them lies around."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import speech_model
from tests.serving import Demo, serving
from tests.speech_model import beeping, sentence, wav
from tests.web_client import HERE, WebClient, go_to_question

MOMENTS = ("coming", "kept", "heard")  # states of a recording: begun to be fetched, opened, heard and not told yet
PATIENCE = 30.0


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    monkeypatch.setenv("PARLEY_SPEECH_MODEL", str(speech_model.build(tmp_path / "beeps")))
    monkeypatch.setenv("PARLEY_SPEECH_THREADS", "1")
    with serving(tmp_path / "demo") as demo:
        yield demo


class Speaker:
    """A candidate's chat, and voice notes that are sent from it."""

    def __init__(self, demo: Demo) -> None:
        self.demo, self.who, self.sent = demo, demo.invite(), 0
        with self.chat() as chat:
            go_to_question(chat)

    def chat(self) -> WebClient:
        return self.demo.chat(self.who)

    def speaks(self, chat: WebClient, n: int) -> None:
        """Send the `n`th sentence; it is taken when this returns."""
        data, self.sent = wav(beeping(sentence(n)).tobytes()), self.sent + 1
        headers = {"Authorization": f"Bearer {self.who['session']}"}
        with httpx.Client(base_url=f"{self.demo.base}/api/v1", headers=headers, **HERE) as http:
            about = {"id": f"take-{self.sent:06d}", "form": "voice", "media_type": "audio/wav"}
            upload = http.post(f"/threads/{self.who['thread']}/recordings", json=about).json()["id"]
            assert http.put(f"/recordings/{upload}", params={"at": 0}, content=data).status_code == 200
            http.post(f"/recordings/{upload}/done", json={"length": len(data)})
        asked = chat.asked and chat.asked["token"]
        chat.send(kind="spoke", upload=upload, form="voice", seconds=2.4, asked=asked)

    def state(self) -> str:
        """Of the recording that was sent last, as it is stored."""
        base = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=PATIENCE)
        try:
            rows = base.execute("select state from recording order by seq desc limit 1").fetchall()
        finally:
            base.close()
        return rows[0][0] if rows else ""

    @property
    def database(self) -> Path:
        return next(p for p in self.demo.home.iterdir() if p.suffix == ".db")

    def killed_at(self, moment: str) -> None:
        """The process ends in the moment in which the newest recording is there, or has gone beyond it."""
        order, deadline = ("", *MOMENTS), time.monotonic() + PATIENCE
        while order.index(self.state()) < order.index(moment):
            assert time.monotonic() < deadline, f"never {moment}"
        self.demo.kill()

    def comes_back(self, n: int) -> None:
        self.demo.start()
        with self.chat() as chat:
            chat.until(lambda: text(n) in str(chat.messages), "the words")


def text(n: int) -> str:
    return " ".join(w for w in sentence(n) if w)


def spoken_through(demo: Demo, *moments: str) -> None:
    """Somebody speaks once for each moment, and the process is killed in it."""
    ada = Speaker(demo)
    numbers = [123_457 * (n + 1) for n in range(len(moments))]
    for n, moment in zip(numbers, moments, strict=True):
        with ada.chat() as chat:
            go_to_question(chat)
            ada.speaks(chat, n)
        ada.killed_at(moment)
        ada.comes_back(n)
    said = demo.said(ada.who["interview"])
    assert [said.count(text(n)) for n in numbers] == [1] * len(numbers)
    assert not any(p.is_file() for p in (demo.home / "media" / "uploads").rglob("*")), "the pieces that were sent"


@pytest.mark.slow
def test_words_come_once_whenever_the_process_is_killed(demo: Demo):
    spoken_through(demo, "coming", "heard")


@pytest.mark.slow
def test_words_come_once_over_twenty_kills(demo: Demo):
    for _ in range(7):
        spoken_through(demo, *MOMENTS)
