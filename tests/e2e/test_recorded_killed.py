"""A recorded interview while the process is killed again and again: nothing is lost, and nothing counts twice."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving import Demo, serving
from tests.web_client import WebClient, go_to_question

LEFT_OUT, CHOSEN = "Somebody looked into it.", ("I asked which message appeared.", "Then I called her back.")


def invited(demo: Demo) -> dict[str, str]:
    """Noor opens a requisition that is answered in one's own time and invites Ada, who opens the link."""
    with demo.chat(demo.person("Noor")) as noor:
        noor.say("/interview new Night porter kit customer-support as recorded")
        noor.hears("Night porter is open")
        noor.say("/interview invite Ada Okoye for Night porter")
        link = str(noor.hears("/i/")["card"]["rows"][0]["value"])
    with httpx.Client(base_url=demo.base, trust_env=False, follow_redirects=True) as browser:
        chat = browser.post(f"/i/{link.rpartition('/')[2]}")
        found = re.search(r"\bth_\w+", chat.text)
        assert found, chat.text[:500]
        return {"session": browser.cookies["parley_session"], "thread": found[0]}


@contextmanager
def after_a_kill(demo: Demo, ada: dict[str, str]) -> Generator[WebClient]:
    """Ada's chat once the process was killed and has come back; the same question is open as before."""
    with demo.chat(ada) as chat:
        chat.until(lambda: chat.asked, "the open question")
        before = chat.asked
    demo.kill()
    demo.start()
    with demo.chat(ada) as chat:
        chat.until(lambda: chat.asked, "the open question")
        assert before
        assert chat.asked
        assert chat.asked["token"] == before["token"]
        yield chat


def taps(chat: WebClient, option: str) -> None:
    asked = chat.asked
    assert asked
    chat.tap(option)
    chat.after(asked["token"])


@pytest.mark.slow
def test_a_recorded_interview_outlives_kills_in_its_middle(tmp_path: Path):
    with serving(tmp_path / "demo") as demo:
        ada = invited(demo)
        with demo.chat(ada) as chat:
            go_to_question(chat)
            chat.say(LEFT_OUT)
        with after_a_kill(demo, ada) as chat:  # in the middle of a take
            taps(chat, "done")
            assert [o["id"] for o in chat.open_card()["options"]] == ["1", "again"]
        with after_a_kill(demo, ada) as chat:  # before the choice
            taps(chat, "again")
            chat.say(CHOSEN[0])
        with after_a_kill(demo, ada) as chat:
            chat.say(CHOSEN[1])
            taps(chat, "done")
            assert chat.open_card()["rows"][1] == {"label": "Take 2", "value": " ".join(CHOSEN)}
            taps(chat, "2")
            skip_the_rest(chat)
        with after_a_kill(demo, ada) as chat:  # before it is sent off
            chat.tap("submit")
            chat.hears("Your receipt")
        (answers, said) = record(demo)
        assert answers[0] == list(CHOSEN)
        assert answers[1:] == [[]] * (len(answers) - 1)
        assert [said.count(text) for text in (LEFT_OUT, *CHOSEN)] == [1, 1, 1]


def skip_the_rest(chat: WebClient) -> None:
    """Skip questions, and answer what is asked about tools, until the last look."""
    for _ in range(20):
        options = [o["id"] for o in chat.open_card().get("options", ())]
        if "submit" in options:
            return
        if "none" in options:
            taps(chat, "none")
            continue
        taps(chat, "~skip")
        taps(chat, "skip")
    raise AssertionError("the last look never came")


def record(demo: Demo) -> tuple[list[list[str]], list[str]]:
    """What was sent for each question, and everything that Ada ever wrote."""
    noor = demo.person("Noor")
    with demo.chat(noor, demo.stage()["channel"]["id"]) as channel:
        post: dict[str, Any] = channel.hears("has finished the interview")
    interview = post["card"]["links"][0]["url"].rpartition("/")[2]
    export = demo.record(interview)
    answers = [[u["text"] for u in a["utterances"]] for a in export["answers"]]
    return answers, [u["text"] for u in export["utterances"]]
