"""Closed browsers, other devices, servers that go away: what was written is there, once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.acting import ANSWERS, Chat, sideways
from tests.serving import Demo, serving
from tests.web_client import go_to_question

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]


def test_a_half_written_answer_goes_on_on_another_device(demo: Demo, new_context: NewContext):
    ada = demo.invite()
    desk = new_context(demo.base, ada["session"])
    page = desk.new_page()
    page.goto(f"{demo.base}/chat")
    chat = Chat(page.locator("#chat"))
    chat.consents()
    chat.answer("A bike computer.")
    question = chat.question.inner_text()
    chat.say("First I asked which error message appeared.")
    desk.close()

    phone = new_context(
        demo.base, ada["session"], viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True
    ).new_page()
    phone.goto(f"{demo.base}/chat")
    chat = Chat(phone.locator("#chat"))
    chat.ready()
    assert chat.question.inner_text() == question
    expect(chat.log.get_by_text("First I asked which error message appeared.")).to_have_count(1)
    expect(chat.log.get_by_text("A bike computer.")).to_have_count(1)
    expect(chat.done).to_be_visible()
    chat.say("Then I looked up the order.")
    chat.answer()
    assert sideways(phone) <= 0
    said = demo.said(ada["interview"])
    assert said[-2:] == ["First I asked which error message appeared.", "Then I looked up the order."]


def test_words_in_the_box_survive_a_reload(demo: Demo, new_context: NewContext):
    ada = demo.invite()
    with demo.chat(ada) as quick:
        go_to_question(quick)
    page = new_context(demo.base, ada["session"]).new_page()
    page.goto(f"{demo.base}/chat")
    chat = Chat(page.locator("#chat"))
    chat.ready()
    chat.box.fill("Not sent yet, and not")
    page.reload()
    chat.ready()
    expect(chat.box).to_have_value("Not sent yet, and not")
    assert "Not sent yet, and not" not in demo.said(ada["interview"])


def test_two_open_devices_show_the_same_words(demo: Demo, new_context: NewContext):
    ada = demo.invite()
    with demo.chat(ada) as quick:
        go_to_question(quick)
    one, two = (new_context(demo.base, ada["session"]).new_page() for _ in range(2))
    chats = [Chat(page.locator("#chat")) for page in (one, two)]
    for page, chat in zip((one, two), chats, strict=True):
        page.goto(f"{demo.base}/chat")
        chat.ready()
    chats[0].say(ANSWERS[0])
    expect(chats[1].log.get_by_text(ANSWERS[0])).to_have_count(1)
    expect(chats[0].log.get_by_text(ANSWERS[0])).to_have_count(1)


def at_the_question(own: Demo, new_context: NewContext) -> tuple[BrowserContext, Chat, str]:
    """A candidate's device, their chat at the first question, and their interview."""
    who = own.invite()
    with own.chat(who) as quick:
        go_to_question(quick)
    device = new_context(own.base, who["session"])
    page = device.new_page()
    page.goto(f"{own.base}/chat")
    chat = Chat(page.locator("#chat"))
    chat.ready()
    return device, chat, who["interview"]


def write(chat: Chat, text: str) -> None:
    chat.box.fill(text)
    chat.box.press("Enter")


def test_what_is_written_while_the_server_is_down_is_sent_once_when_it_is_back(tmp_path: Path, new_context: NewContext):
    with serving(tmp_path / "demo") as own:
        _, patient, of_patient = at_the_question(own, new_context)
        device, leaver, of_leaver = at_the_question(own, new_context)
        own.kill()

        write(patient, "Written in the dark.")
        safe = patient.page.get_by_text("Your words are safe; sending as soon as the connection is back.")
        expect(safe).to_be_visible()
        expect(patient.log.get_by_text("Waiting for the connection")).to_be_visible()
        write(patient, "And a second thought.")
        write(leaver, "Written before the browser was closed.")
        expect(leaver.log.get_by_text("Waiting for the connection")).to_be_visible()
        leaver.page.close()

        own.start()
        patient.settled()
        expect(safe).to_have_count(0)
        for text in ("Written in the dark.", "And a second thought."):
            expect(patient.log.get_by_text(text)).to_have_count(1)
        patient.answer()
        assert own.said(of_patient)[-2:] == ["Written in the dark.", "And a second thought."]

        page = device.new_page()
        page.goto(f"{own.base}/chat")
        leaver = Chat(page.locator("#chat"))
        leaver.ready()
        leaver.settled()
        expect(leaver.log.get_by_text("Written before the browser was closed.")).to_have_count(1)
        leaver.answer()
        assert own.said(of_leaver).count("Written before the browser was closed.") == 1
