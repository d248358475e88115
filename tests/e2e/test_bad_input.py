"""Bad, hostile and unlucky input over real HTTP. Each test asserts what the person reads, and that nothing was lost."""

import html
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from flows.rating.text import display
from flows.words import en as words
from flows.words import pages_en
from tests.serving import Demo, serving
from tests.shared import shared
from tests.web_client import HERE, WebClient, finish, go_to_question

ANSWERS = ("I asked her first which error message appeared, and looked up her order history.",)
LIMIT = 40_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with serving(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def ada(demo: Demo) -> dict[str, Any]:
    """A candidate who has just been invited."""
    return demo.invite()


@pytest.fixture
def chat(demo: Demo, ada: dict[str, Any]) -> Iterator[WebClient]:
    """The candidate's chat, at the first question of the kit."""
    with demo.chat(ada) as listening:
        go_to_question(listening)
        yield listening


def get(demo: Demo, path: str, session: str = "", **headers: str) -> httpx.Response:
    cookies = {"parley_session": session} if session else None
    return httpx.get(demo.base + path, cookies=cookies, headers=headers, **HERE)


def post(demo: Demo, path: str, session: str = "", **kwargs: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {session}"} if session else {}
    return httpx.post(demo.base + path, headers=headers | kwargs.pop("headers", {}), **HERE, **kwargs)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


# --- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", ["", "   \n\t ", "\u200b\u200d\ufeff", "\u202e\u2066", "\x00\x01\x1b", "\u00ad"])
def test_a_message_in_which_nothing_can_be_seen_is_no_answer(chat: WebClient, nothing: str):
    token = chat.asked and chat.asked["token"]
    chat.say(nothing)
    chat.hears(words.EMPTY)
    chat.tap("done")
    chat.hears(words.NOTHING_YET)
    assert chat.asked is not None
    assert chat.asked["token"] == token, "the question is still open"


def test_the_longest_answer_is_kept_whole(demo: Demo, ada: dict[str, Any], chat: WebClient):
    longest = ("ab\u00e9\U0001f642 " * LIMIT)[: LIMIT - 1] + "."
    token = chat.asked and chat.asked["token"]
    chat.say(longest)
    chat.tap("done")
    chat.after(token or "")
    assert longest in demo.said(ada["interview"])


@pytest.mark.parametrize("length", [LIMIT + 1, 150_000])
def test_a_longer_one_is_refused_kindly_and_still_kept(demo: Demo, ada: dict[str, Any], chat: WebClient, length: int):
    chat.say("x" * length)
    told = chat.hears("please send it in two or more parts".capitalize())
    assert f"{length:,} characters" in told["card"]["text"]
    assert f"up to {LIMIT:,}" in told["card"]["text"]
    assert "x" * length in demo.said(ada["interview"])


def test_what_no_page_would_send_is_refused_with_a_sentence(demo: Demo, chat: WebClient):
    answer = chat.events({"id": uuid.uuid4().hex, "kind": "said", "text": "x" * 200_001})
    status, code, message = refusal(answer)
    assert (status, code) == (422, "malformed")
    assert message.startswith("I couldn't read that request: events.0")
    assert "x" * 100 not in message


@pytest.mark.parametrize(
    "answer",
    [
        "\u0633\u0623\u0644\u062a \u0627\u0644\u0639\u0645\u064a\u0644 \u0623\u0648\u0644\u0627\u064b \u0639\u0646 "
        "\u0631\u0633\u0627\u0644\u0629 \u0627\u0644\u062e\u0637\u0623",
        "\u05e9\u05d0\u05dc\u05ea\u05d9 \u05d0\u05ea \u05d4\u05dc\u05e7\u05d5\u05d7\u05d4 (error 42) \u05e7\u05d5\u05d3\u05dd",
        "\U0001f44d\U0001f3fd\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "first\u200b I asked\u200d her\u202e txet siht\u202c",
        "a tab\there, a bell\x07, a return\r\nand an escape\x1b[31m",
        "\ud83d\ude42 e\u0301 \u0e01\u0e33",
    ],
    ids=["arabic", "hebrew", "emoji", "zero-width", "control", "combining"],
)
def test_unusual_characters_are_an_answer_and_stay_as_they_were_written(
    demo: Demo, ada: dict[str, Any], chat: WebClient, answer: str
):
    answer = answer.encode("utf-16", "surrogatepass").decode("utf-16")
    token = chat.asked and chat.asked["token"]
    chat.say(answer)
    chat.tap("done")
    chat.after(token or "")
    assert answer in demo.said(ada["interview"])


def test_nul_and_half_characters_do_no_harm(demo: Demo, ada: dict[str, Any], chat: WebClient):
    body = '{"events":[{"id":"%s","kind":"said","text":"I asked\\u0000 her \\ud800 first","asked":null}]}'
    path = f"/api/v1/threads/{ada['thread']}/events"
    headers = {"Content-Type": "application/json"}
    answer = post(demo, path, ada["session"], content=body % uuid.uuid4().hex, headers=headers)
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert any(t.startswith("I asked her ") and t.endswith(" first") for t in demo.said(ada["interview"]))
    else:
        assert refusal(answer)[1] == "malformed"
    chat.say("And this after it.")
    assert "And this after it." in demo.said(ada["interview"])


def test_injections_are_kept_as_text_and_shown_without_hidden_characters(demo: Demo):
    lines = [json.loads(x) for x in shared("cases", "injections.jsonl").read_text("utf-8").splitlines() if x.strip()]
    texts = [line["text"] for line in lines]
    assert len(texts) >= 20, "too few cases to say anything"
    ada = demo.invite()
    with demo.chat(ada) as chat:
        go_to_question(chat)
        for text in texts:
            chat.say(text)
        token = chat.asked["token"] if chat.asked else ""
        chat.tap("done")
        chat.after(token)
        finish(chat, ANSWERS)
    said = demo.said(ada["interview"])
    assert [t for t in texts if t.replace("\x00", "") not in said] == []
    page = get(demo, f"/review/{ada['interview']}").text
    answers = re.findall(r'class="utterance__text"[^>]*>(.*?)</div>', page, re.DOTALL)
    unmarked = [re.sub(r'<span class="unseen".*?</span>|<[^>]+>', "", a, flags=re.DOTALL) for a in answers]
    shown = [html.unescape(x).removeprefix("\n").strip(" ") for x in unmarked]
    assert [t for t in texts if display(t) not in shown] == []
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]", page)
    assert "<script>alert" not in page


# --- taps and events -----------------------------------------------------------------------------------------------------


def test_a_double_tap_counts_once(demo: Demo, ada: dict[str, Any]):
    with demo.chat(ada) as chat:
        chat.open_card()
        assert chat.asked
        residence = chat.asked["token"]
        chat.say("London")
        chat.after(residence)
        first = chat.asked
        tap = {"kind": "tapped", "token": first["token"], "option": "yes"}
        two = chat.events({"id": uuid.uuid4().hex, **tap}, {"id": uuid.uuid4().hex, **tap})
        assert len(two.json()["accepted"]) == 2
        chat.hears(words.OLD_BUTTON)
        chat.after(first["token"])
        assert "software" in chat.open_card()["text"], "the second tap answered nothing: scoring is still asked about"


def test_an_old_button_changes_nothing_and_says_where_we_are(chat: WebClient):
    assert chat.asked
    here, question = chat.asked["token"], chat.open_card()["text"]
    old = next(m for m in chat.messages.values() if m["state"] == "answered" and m.get("chosen"))
    chat.send(kind="tapped", token=old["token"], option=old["chosen"])
    chat.hears(words.OLD_BUTTON)
    chat.until(lambda: list(chat.messages.values())[-1].get("card", {}).get("text") == question, "the question again")
    assert chat.asked["token"] == here


def test_the_same_event_twice_is_kept_once(demo: Demo, ada: dict[str, Any], chat: WebClient):
    event = {"id": uuid.uuid4().hex, "kind": "said", "text": "Only once, please.", "asked": None}
    for _ in range(2):
        assert chat.events(event, event).json()["accepted"] == [event["id"]] * 2
    assert demo.said(ada["interview"]).count("Only once, please.") == 1
    assert sum(m.get("text") == "Only once, please." for m in chat.history()["messages"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"events": 3}',
        b'{"events": [{"kind": "said"}]}',
        b'{"events": [{"id": "12345678", "kind": "danced"}]}',
        b'{"events": [{"id": "short", "kind": "said", "text": "x"}]}',
        b'{"events": [{"id": "12345678", "kind": "said", "text": 5}]}',
        b'{"events": [{"id": "12345678", "kind": "said", "text": "x", "role": "admin"}]}',
        b'\xff\xfe{"events": []}',
        b"[" * 5_000,
    ],
)
def test_malformed_requests_are_refused_and_take_nothing_in(demo: Demo, ada: dict[str, Any], body: bytes):
    path, headers = f"/api/v1/threads/{ada['thread']}/events", {"Content-Type": "application/json"}
    status, code, message = refusal(post(demo, path, ada["session"], content=body, headers=headers))
    assert 400 <= status < 500
    assert code == "malformed", message
    assert message.startswith("I couldn't read that request")
    assert demo.said(ada["interview"]) == []


# --- other people's things ---------------------------------------------------------------------------------------------------


def test_somebody_elses_chat_does_not_exist_for_a_candidate(demo: Demo, ada: dict[str, Any]):
    other, stage = demo.invite(), demo.stage()
    foreign = [other["thread"], stage["people"][0]["thread"], stage["channel"]["id"], "th_nothing", "..%2fme", "%00"]
    for thread in foreign:
        path = f"/api/v1/threads/{thread}"
        bearer = {"Authorization": f"Bearer {ada['session']}"}
        assert get(demo, path, **bearer).status_code == 404, thread
        assert get(demo, f"{path}/stream", **bearer).status_code == 404, thread
        said = {"events": [{"id": uuid.uuid4().hex, "kind": "said", "text": "Let me in"}]}
        assert post(demo, f"{path}/events", ada["session"], json=said).status_code == 404, thread
        assert post(demo, f"{path}/seen", ada["session"], json={"ids": []}).status_code == 404, thread
    known = refusal(get(demo, f"/api/v1/threads/{other['thread']}", Authorization=f"Bearer {ada['session']}"))
    unknown = refusal(get(demo, "/api/v1/threads/th_nothing", Authorization=f"Bearer {ada['session']}"))
    assert known == unknown == (404, "not_found", "There is no such chat here.")
    assert "Let me in" not in demo.said(other["interview"])


def test_a_foreign_message_can_be_neither_edited_nor_removed(demo: Demo, chat: WebClient):
    other = demo.invite()
    with demo.chat(other) as theirs:
        go_to_question(theirs)
        theirs.say("These are my words.")
        theirs.until(lambda: "These are my words." in theirs.told(), "the echo")
        target = next(m["id"] for m in theirs.messages.values() if m.get("text") == "These are my words.")
        parleys = next(m["id"] for m in theirs.messages.values() if m["from"] == "parley")
    for id in (target, parleys, "u_nothing"):
        for event in ({"kind": "edited", "target": id, "text": "Mine now"}, {"kind": "removed", "target": id}):
            answer = chat.events({"id": uuid.uuid4().hex, **event})
            assert refusal(answer) == (404, "not_found", "There is no such message of yours here.")
    said = demo.said(other["interview"])
    assert said.count("These are my words.") == 1
    assert "Mine now" not in said


def test_a_candidate_reaches_none_of_the_recruiters_things(demo: Demo, ada: dict[str, Any], chat: WebClient):
    other = demo.invite()
    bearer = {"Authorization": f"Bearer {ada['session']}"}
    export = get(demo, f"/api/v1/interviews/{other['interview']}/export", **bearer)
    assert refusal(export) == (404, "not_found", pages_en.NOT_HERE_TEXT)
    own = get(demo, f"/api/v1/interviews/{ada['interview']}/export", **bearer).json()
    assert own["candidate"] == ada["name"]
    assert "scorecards" not in own
    team = get(demo, "/team", ada["session"])
    assert team.status_code == 401
    assert pages_en.SIGNED_OUT in words_of(team.text)
    chat.say("/interview reveal Ada because I would like to see it")
    assert "/interview reveal Ada because I would like to see it" in demo.said(ada["interview"]), "an answer, no order"
    assert "under way" not in chat.told()


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer " + "x" * 6_000},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YWRhOmFkYQ=="},
        {"Cookie": "parley_session=%00%ff; parley_session="},
        {"Cookie": "parley_session=' OR 1=1 --"},
        {"Cookie": ";;;==;"},
        {"Last-Event-ID": "99999999999999999999999999"},
    ],
    ids=lambda h: next(iter(h.items()))[1][:24],
)
def test_garbage_in_headers_is_somebody_we_do_not_know(demo: Demo, ada: dict[str, Any], header: dict[str, str]):
    for path in ("/api/v1/me", f"/api/v1/threads/{ada['thread']}", f"/api/v1/threads/{ada['thread']}/stream"):
        status, code, message = refusal(get(demo, path, **header))
        assert (status, code) == (401, "signed_out")
        assert message == "This page has lost its sign-in. Please open it again from your own link."
    chat = get(demo, "/chat", **header)
    assert chat.status_code == 401
    assert pages_en.SIGNED_OUT_CANDIDATE in words_of(chat.text)


def test_an_impossible_position_of_the_stream_shows_nothing_and_breaks_nothing(demo: Demo, ada: dict[str, Any]):
    bearer = {"Authorization": f"Bearer {ada['session']}"}
    for after in ("-1", "x", "1e9"):
        answer = get(demo, f"/api/v1/threads/{ada['thread']}/stream?after={after}", **bearer)
        assert refusal(answer)[:2] == (422, "malformed")
    with demo.chat(ada) as chat:
        chat.hears("Which country do you live in?")


def test_nothing_at_an_address_is_said_kindly(demo: Demo):
    page = get(demo, "/nothing/<script>alert(1)</script>")
    assert page.status_code == 404
    assert "Please check the link you followed." in words_of(page.text)
    assert "<script>alert" not in page.text
    assert refusal(get(demo, "/api/v1/nothing"))[:2] == (404, "not_found")


# --- links -----------------------------------------------------------------------------------------------------------------------


def test_looking_at_a_link_never_uses_it_up_and_begins_nothing(demo: Demo, ada: dict[str, Any]):
    for agent in ("Slackbot-LinkExpanding 1.0", "WhatsApp/2.23", "Mozilla/5.0"):
        page = get(demo, ada["link"], **{"User-Agent": agent})
        assert page.status_code == 200
        assert "invites you to an interview" in words_of(page.text)
        assert "set-cookie" not in page.headers
    used = post(demo, ada["link"])
    assert used.status_code == 303
    assert used.headers["location"] == "/chat"
    assert "HttpOnly" in used.headers["set-cookie"]
    assert "SameSite=lax" in used.headers["set-cookie"]


def test_a_second_person_with_the_link_sees_a_neutral_page_and_the_recruiter_hears_of_it_once(demo: Demo):
    ada = demo.invite()
    with demo.chat(demo.person("Noor")) as noor:
        first = post(demo, ada["link"])
        assert first.status_code == 303
        for method in (get, get, post):
            page = method(demo, ada["link"])
            assert "set-cookie" not in page.headers
            said = words_of(page.text)
            assert "This link has already been used to begin." in said
            for secret in (ada["name"], "Customer support specialist"):
                assert secret not in said
        told = noor.hears(f"{ada['name']}'s invitation link was opened once more")
        assert "Nothing was shown there." in told["card"]["text"]
        with demo.chat(ada) as chat:  # the candidate's own work goes on undisturbed
            chat.hears("Which country do you live in?")
        alerts = [m for m in noor.history()["messages"] if "opened once more" in m["card"]["text"]]
        assert len([m for m in alerts if ada["name"] in m["card"]["text"]]) == 1


def test_the_candidate_who_opens_the_link_again_simply_goes_on(demo: Demo, ada: dict[str, Any]):
    post(demo, ada["link"])
    again = get(demo, ada["link"], ada["session"])
    assert again.status_code == 303
    assert again.headers["location"] == "/chat"


@pytest.mark.parametrize("token", ["nothing", "x" * 3_000, "%00", "..%2f..%2fteam", "<b>"])
def test_an_unknown_link_says_what_to_do(demo: Demo, token: str):
    for answer in (get(demo, f"/i/{token}"), post(demo, f"/i/{token}")):
        assert answer.status_code == 404
        assert re.search("Please (open it exactly as you received it|check the link)", words_of(answer.text))


def test_an_expired_link_says_so_and_nothing_is_lost(tmp_path: Any):
    with serving(tmp_path / "demo") as own:
        ada = own.invite()
        with own.chat(ada) as chat:
            go_to_question(chat)
            chat.say("Half an answer.")
        own.forward(60 * 24 * 8)
        for answer in (get(own, ada["link"]), post(own, ada["link"])):
            assert answer.status_code == 404
            assert "This link has expired." in words_of(answer.text)
            assert "nothing you did is lost" in words_of(answer.text)
        assert "Half an answer." in own.said(ada["interview"])


# --- the process goes away -----------------------------------------------------------------------------------------------------


def test_an_answer_sent_while_the_process_is_down_arrives_once_when_it_is_back(tmp_path: Any):
    with serving(tmp_path / "demo") as own:
        ada = own.invite()
        with own.chat(ada) as chat:
            go_to_question(chat)
            chat.say("Before the cut.")
            before = chat.asked
        event = {"id": uuid.uuid4().hex, "kind": "said", "text": "Written in the dark.", "asked": None}
        path = f"/api/v1/threads/{ada['thread']}/events"
        own.kill()
        with pytest.raises(httpx.ConnectError):
            post(own, path, ada["session"], json={"events": [event]})
        own.start()
        for _ in range(3):  # a page that never heard the answer sends again
            assert post(own, path, ada["session"], json={"events": [event]}).json()["accepted"] == [event["id"]]
        with own.chat(ada) as chat:
            chat.until(lambda: chat.asked, "the open question")
            assert before
            assert chat.asked["token"] == before["token"], "the same question is open"
            chat.tap("done")
            chat.after(before["token"])
        said = own.said(ada["interview"])
        assert said.count("Before the cut.") == said.count("Written in the dark.") == 1
