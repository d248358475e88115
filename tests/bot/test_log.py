"""No person's words in a log, whichever way they try to get in."""

import asyncio
import io
import json
import logging
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import log
from bot.ids import SeededIds
from bot.redact import redact, route

MARKER = "Zanzibar"
WORDS = f"I ran the {MARKER} project,\nand it went well."
IDS = SeededIds("log")


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Logging belongs to the process: put it back as it was."""
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    structlog.configure(**ours)


@pytest.fixture
def out() -> io.StringIO:
    stream = io.StringIO()
    log.configure("debug", stream)
    return stream


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    assert MARKER not in out.getvalue()
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert found, "nothing was logged, so nothing was tested"
    return found


def test_ids_numbers_and_states_are_logged(out: io.StringIO):
    id = IDS.new("c")
    log.get("bot.inbox").info("turn_committed", conversation_id=id, message=id, state="parked", shown=3, late=False)
    (line,) = lines(out)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "turn_committed",
        "level": "info",
        "logger": "bot.inbox",
        "conversation_id": id,
        "message": id,
        "state": "parked",
        "shown": 3,
        "late": False,
    }


@pytest.mark.parametrize(
    "key",
    [
        "text",
        "body",
        "answer",
        "card",
        "words",
        "name",
        "email",
        "fields",
        "payload",
        "reason",
        "state",
        "error",
        "stack",
        "logger",
        "first_name",
        "anything",
        "detail",
        "where",
        "user_id",
    ],
)
def test_words_leave_only_their_length(out: io.StringIO, key: str):
    log.get("bot.x").info("seen", **{key: WORDS})
    (line,) = lines(out)
    assert line[key] == f"<{len(WORDS)} chars>"


@pytest.mark.parametrize("key", ["text", "answer", "first_name", "name", "quote", "detail"])
def test_one_word_is_not_mistaken_for_a_state(out: io.StringIO, key: str):
    log.get("bot.x").info("seen", **{key: MARKER})
    assert lines(out)[0][key] == "<8 chars>"


@pytest.mark.parametrize("value", [{"a": WORDS}, [WORDS], (MARKER, 1), {MARKER}, WORDS.encode(), KeyError(WORDS)])
def test_words_do_not_hide_in_other_values(out: io.StringIO, value: object):
    log.get("bot.x").info("seen", data=value, text=value, answers=value)
    line = lines(out)[0]
    assert line["data"].startswith("<")
    assert line["text"].startswith("<")


def test_a_number_under_a_key_for_words_may_be_a_telephone_number(out: io.StringIO):
    log.get("bot.x").info("seen", phone=491701234567, phone_number=491701234567, count=5)
    assert "4917" not in out.getvalue()
    assert lines(out)[0]["count"] == 5


def test_words_as_an_event_or_a_key_are_not_written(out: io.StringIO):
    log.get("bot.x").info(WORDS)
    log.get("bot.x").warning(MARKER)
    log.get("bot.x").error("seen", **{WORDS: 1, MARKER: 2})
    assert [line["event"] for line in lines(out)] == [f"<{len(WORDS)} chars>", "<8 chars>", "seen"]


def test_an_exception_is_its_type_and_places(out: io.StringIO):
    def deep() -> None:
        try:
            raise KeyError(WORDS)
        except KeyError as cause:
            raise ValueError(f"cannot read {WORDS}") from cause

    try:
        deep()
    except ValueError:
        log.get("bot.x").exception("turn_failed", conversation_id=IDS.new("c"))
        logging.getLogger("somewhere").exception("it failed")
    ours, foreign = lines(out)
    assert ours["error"] == foreign["error"] == "builtins.ValueError < builtins.KeyError"
    assert [p.split()[-1] for p in ours["stack"]] == ["test_an_exception_is_its_type_and_places", "deep"]
    assert "bot/test_log.py:" in ours["stack"][0]


def test_a_group_of_exceptions_names_the_types_inside(out: io.StringIO):
    try:
        raise ExceptionGroup(WORDS, [ValueError(WORDS), OSError(WORDS)])
    except* (ValueError, OSError):
        log.get("bot.x").exception("failed")
    assert lines(out)[0]["error"] == "builtins.ExceptionGroup(ValueError, OSError)"


def test_libraries_are_logged_by_the_same_rule(out: io.StringIO):
    logging.getLogger("sqlalchemy.engine").warning("INSERT %s took %d ms", WORDS, 12)
    # Straight to our handler: the one that pytest adds cannot take arguments that do not fit.
    ours = logging.getLogger().handlers[0]
    ours.handle(logging.makeLogRecord({"msg": "Job %s raised %(x)s", "args": (WORDS,), "name": "a"}))
    logging.getLogger("asyncio").error(f"Task exception was never retrieved: {WORDS}")
    logging.getLogger("uvicorn.error").info("Application startup complete.")
    logging.getLogger("any").error("%(who)s: %(n)d", {"who": MARKER, "n": 3})
    logging.getLogger("any").error({"an": WORDS})
    logging.getLogger("any").warning("plain", stack_info=True, extra={"answer": WORDS})
    events = [line["event"] for line in lines(out)]
    assert events[0] == f"INSERT <{len(WORDS)} chars> took 12 ms"
    assert events[1] == "Job %s raised %(x)s"
    assert events[3] == "Application startup complete."
    assert events[4] == "<8 chars>: 3"
    assert len(events) == 7


def test_warnings_of_python_are_captured_without_their_text(out: io.StringIO):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        log.configure("info", out)
        warnings.warn(WORDS, UserWarning, stacklevel=1)
    assert lines(out)[0]["logger"] == "py.warnings"


def test_statements_and_requests_are_not_logged_at_all(out: io.StringIO):
    logging.getLogger("sqlalchemy.engine.Engine").info("SELECT 1")
    logging.getLogger("httpx").info("HTTP Request: GET %s", "http://x/bot1:a")
    assert out.getvalue() == ""


def test_the_access_log_shows_the_route_and_no_token(out: io.StringIO):
    token, thread = IDS.secret(), IDS.new("th")
    # uvicorn brings a handler of its own, set before ours or not.
    access = logging.getLogger("uvicorn.access")
    for path in (f"/i/{token}", f"/i/{MARKER}?x={MARKER}", f"/api/v1/threads/{thread}/events?after={MARKER}"):
        access.info('%s - "%s %s HTTP/%s" %d', "192.0.2.7:555", "GET", path, "1.1", 200)
    found = lines(out)
    assert [line["route"] for line in found] == ["/i/*", "/i/*", f"/api/v1/threads/{thread}/events"]
    assert {(line["event"], line["method"], line["status"]) for line in found} == {("http", "GET", 200)}
    assert token not in out.getvalue()
    assert "192.0.2.7" not in out.getvalue()


async def test_a_real_web_server_logs_no_token(out: io.StringIO):
    token = IDS.secret()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if MARKER in scope["query_string"].decode():
            raise ValueError(WORDS)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none", http="h11")
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        async with httpx.AsyncClient(base_url=base, timeout=10) as client:
            assert (await client.get(f"/i/{token}")).status_code == 204
            assert (await client.get(f"/i/{token}?{MARKER}")).status_code == 500
        server.should_exit = True
        await asyncio.wait_for(serving, 10)
    found = lines(out)
    assert token not in out.getvalue()
    assert [(f["route"], f["status"]) for f in found if f["event"] == "http"] == [("/i/*", 204), ("/i/*", 500)]
    assert [f["error"] for f in found if "error" in f] == ["builtins.ValueError"]


def test_handlers_that_libraries_brought_are_removed():
    own = io.StringIO()
    access = logging.getLogger("uvicorn.access")
    access.addHandler(logging.StreamHandler(own))
    access.propagate = False
    out = io.StringIO()
    log.configure("info", out)
    access.info('%s - "%s %s HTTP/%s" %d', "192.0.2.7:555", "GET", f"/i/{MARKER}", "1.1", 303)
    assert own.getvalue() == ""
    assert lines(out)[0]["status"] == 303


def test_a_terminal_gets_one_readable_line_each():
    out = io.StringIO()
    log.configure("info", out, readable=True)
    log.get("bot.x").debug("unseen")
    log.get("bot.x").info("turn_committed", shown=3, text=WORDS, state="a\nb\x1b[31m")
    (line,) = out.getvalue().splitlines()
    assert line[8:].startswith(" info    turn_committed ")
    assert "shown=3" in line
    assert MARKER not in line
    assert "\x1b" not in line


def test_the_rule_holds_before_anything_is_configured():
    # A process of its own: here some other test may have configured the log already.
    program = f"from bot import log; log.get('bot.x').info('seen', said={WORDS!r})"
    written = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(written.stderr)["said"] == f"<{len(WORDS)} chars>"
    assert written.stdout == ""


def test_platform_libraries_stay_silent_whoever_configures_the_log_last(out: io.StringIO):
    for name in ("telegram.Bot", "discord.gateway", "discord.http", "parley.slack.sdk", "parley.slack.bolt"):
        logging.getLogger(name).debug("POST /bot1:token %s", WORDS)
        logging.getLogger(name).info("a whole message: %s", WORDS)
    log.configure("debug", out)
    logging.getLogger("telegram.Bot").error("bot1:token")
    assert out.getvalue() == ""


def test_what_is_bound_to_the_context_obeys_too(out: io.StringIO):
    with structlog.contextvars.bound_contextvars(conversation_id=IDS.new("c"), said=WORDS):
        log.get("bot.x").info("seen")
    assert lines(out)[0]["said"] == f"<{len(WORDS)} chars>"


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123456-abcdef",
        "xapp-1-A0-1-abc",
        "bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
        "bot1:x",
        "Bearer abc.def-ghi",
        "sk-abcdefgh12345678",
        IDS.secret(),
        "ada.l+x@mail.example.org",
        "+44 20 7946 0958",
        "(030) 123 45 678",
        "+1-202-555-0143",
        "0170 1234567",
    ],
)
def test_secrets_addresses_and_numbers_are_redacted(secret: str):
    shown = redact(f"before {secret} after, {secret}")
    assert secret not in shown
    assert secret.split()[-1] not in shown
    assert shown.startswith("before ")
    assert " after, " in shown


def test_ordinary_lines_stay_as_they_are():
    for text in (IDS.new("iv"), "Finished server process [12345]", "2026-11-21 done in 12.5 s", "interview/v1"):
        assert redact(text) == text


@settings(deadline=None)
@given(st.text(min_size=1))
def test_no_part_of_a_path_shows_unless_it_is_ours(part: str):
    marked = f"{MARKER}{part}".replace("/", "")
    assert MARKER not in route(f"/i/{marked}")
    assert MARKER not in route(f"/{marked}/x?{part}")
