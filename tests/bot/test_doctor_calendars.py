"""What the doctor says about calendars and mail, with a real mail server."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from pydantic import SecretStr

from bot.doctor_calendars import calendars
from bot.settings import Settings


def said(tmp_path: Path, **settings: Any) -> list[tuple[str, str]]:
    found = calendars(Settings(home=tmp_path, **settings))
    return [(f.level, f.what) for f in found]


def test_nothing_set_up_is_fine(tmp_path: Path):
    ((level, what),) = said(tmp_path)
    assert level == "good"
    assert "keeps the interviewers' hours itself" in what


def test_half_of_google_is_named(tmp_path: Path):
    assert said(tmp_path, google_client_id="abc")[0] == (
        "warn",
        "Google Calendar is half set up: PARLEY_GOOGLE_CLIENT_SECRET is missing.",
    )
    whole = {"google_client_id": "abc", "google_client_secret": SecretStr("s")}
    assert said(tmp_path, **whole)[0][0] == "warn"  # nobody can come back to http://127.0.0.1
    level, what = said(tmp_path, **whole, public_url="https://parley.example")[0]
    assert level == "good"
    assert "https://parley.example/calendar/google/callback" in what


def test_a_service_account_needs_its_key(tmp_path: Path):
    key = tmp_path / "key.json"
    assert said(tmp_path, google_service_account=str(key))[0][0] == "bad"
    for text in ("no json", "[]", '{"type": "authorized_user"}'):
        key.write_text(text)
        assert said(tmp_path, google_service_account=str(key))[0][0] == "bad"
    key.write_text('{"type": "service_account"}')
    assert said(tmp_path, google_service_account=str(key))[0][0] == "good"


@pytest.fixture
def mail_server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    yield port
    server.stop()


def test_the_mail_server_is_greeted(tmp_path: Path, mail_server: int):
    there: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": mail_server}
    assert said(tmp_path, **there)[0][0] == "warn"  # no sender
    there["smtp_from"] = "hiring@parley.example"
    level, what = said(tmp_path, **there)[0]
    assert (level, "no STARTTLS" in what) == ("warn", True)
    assert said(tmp_path, **there, smtp_security="none")[0][0] == "good"


def test_a_mail_server_that_is_not_there(tmp_path: Path, mail_server: int):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        level, what = said(tmp_path, smtp_host="127.0.0.1", smtp_port=nobody.getsockname()[1], smtp_from="a@b.example")[
            0
        ]
    assert (level, "does not answer" in what) == ("warn", True)
