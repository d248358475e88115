"""`parley setup` and `parley doctor` as a person meets them; the transcripts are kept beside this file."""

import json
import os
import pty
import re
import select
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.setup.envfile import values
from tests.bot.setup.test_checks import HIDDEN, SECRET, TOKENS
from tests.fakes.platforms_min import APP, BOT, DISCORD, TELEGRAM, Platforms

ROOT = Path(__file__).resolve().parents[3]


class Transcript(SingleFileSnapshotExtension):
    """One text file for each, to be read by people."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def transcript(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Transcript)


def run(*words: str, typed: tuple[str, ...] = ()) -> Result:
    result = CliRunner().invoke(app, list(words), input="".join(f"{line}\n" for line in typed))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert not any(secret in result.output for secret in HIDDEN)
    return result


def told(place: Path, *results: tuple[str, Result]) -> str:
    """What a terminal would show, without what differs from machine to machine."""
    text = "".join(f"$ {line}\n{r.output.rstrip()}\n[exit status {r.exit_code}]\n\n" for line, r in results)
    text = text.replace(str(place.resolve()), "~/parley").replace(str(place), "~/parley")
    for pattern, shown in (
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"Python 3\.\d+\.\d+", "Python 3.x"),
        (r"zones are of \S+\.", "zones are of this year."),
        (r". \d+ MiB are free on (.*)\.(\n   .*Free some space.*)?", r"✓ N MiB are free on \1."),
        (r"(?<=/i/)[\w-]{43}|(?<=start=)[\w-]{43}|(?<=join )[\w-]{43}|(?<=/start )[\w-]{43}", "SECRET"),
        (r"\d+ kits are", "N kits are"),
        (r"clock is \d+ minutes", "clock is N minutes"),
        (r"revision \w+", "revision N"),
    ):
        text = re.sub(pattern, shown, text)
    return text


def installation(place: Path, world: Platforms, **changes: str) -> None:
    """A settings file and a database, as they are after a walk."""
    lines = {
        "PARLEY_HOME": str(place / "data"),
        "PARLEY_PORT": "0",
        "PARLEY_COMPANY": "'Example Ltd'",
        "PARLEY_CONTACT": "jobs@example.org",
        "PARLEY_PUBLIC_URL": "https://jobs.example.org",
        **world.addresses,
        **TOKENS,
        **{f"PARLEY_{k.upper()}": v for k, v in changes.items()},
    }
    file = place / "parley.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items() if value))
    file.chmod(0o600)
    assert run("migrate").exit_code == 0


def examined(place: Path) -> tuple[str, list[int]]:
    check, doctor = run("setup", "--check"), run("doctor")
    text = told(place, ("parley setup --check", check), ("parley doctor", doctor))
    return text, [check.exit_code, doctor.exit_code]


def test_a_correct_installation(place: Path, world: Platforms, transcript: SnapshotAssertion):
    installation(place, world)
    text, status = examined(place)
    assert "!" not in text
    assert "✗" not in text
    assert status[0] == 0
    assert text == transcript


def test_a_half_configured_installation(place: Path, world: Platforms, transcript: SnapshotAssertion):
    world.discord = {"integration_types_config": {"0": {}}, "approximate_guild_count": 0}
    world.commands = []
    half = {"slack_app_token": "", "telegram_webhook_secret": SECRET, "contact": "", "public_url": ""}
    installation(place, world, **half)
    text, status = examined(place)
    assert status == [1, 1]
    assert text == transcript


def test_a_wrong_installation(place: Path, world: Platforms, transcript: SnapshotAssertion):
    assert world.scopes is not None
    world.scopes = world.scopes - {"chat:write"} | {"admin"}
    world.app_error, world.second_consumer, world.clock_off_s = "missing_scope", True, 301
    world.discord = {"interactions_endpoint_url": "https://old.example/x", "bot_require_code_grant": True}
    installation(place, world, discord_gateway_url="ws://gateway.example.org")
    text, status = examined(place)
    assert status == [2, 2]
    assert text == transcript


def test_wrong_tokens_everywhere(place: Path, world: Platforms, transcript: SnapshotAssertion):
    wrong = {"slack_bot_token": "xoxb-wr0ng", "slack_app_token": BOT, "telegram_token": "1:wr0ng"}
    installation(place, world, discord_token="wr0ng", **wrong)
    text, status = examined(place)
    assert status == [2, 2]
    assert text == transcript


def test_without_a_network(place: Path, transcript: SnapshotAssertion):
    installation(place, Platforms(port=1))
    text, status = examined(place)
    assert status == [2, 2]
    assert text == transcript


WHOLE = (
    *("Example Ltd", "jobs@example.org", "https://jobs.example.org"),
    *("y", "n", "y", BOT, APP),
    *("y", "n", TELEGRAM),
    *("y", DISCORD),
    *("y", "Noor [Haddad]"),
)


def begun(place: Path, world: Platforms) -> None:
    """What an administrator has put into the file by hand before the first walk."""
    lines = {"PARLEY_HOME": str(place / "data"), **world.addresses}
    (place / "parley.env").write_text("# ours\n" + "".join(f"{n}={v}\n" for n, v in lines.items()))


def test_a_whole_walk_ends_with_a_good_installation(place: Path, world: Platforms, transcript: SnapshotAssertion):
    begun(place, world)
    walk = run("setup", typed=WHOLE)
    assert walk.exit_code == 0
    written = values(place / "parley.env")
    assert {n: written[n] for n in TOKENS} == TOKENS
    assert written["PARLEY_COMPANY"] == "Example Ltd"
    assert stat.S_IMODE((place / "parley.env").stat().st_mode) == 0o600
    assert (place / "parley.env").read_text().startswith("# ours\nPARLEY_HOME=")
    assert run("setup", "--check").exit_code == 0
    made = json.loads((place / "parley-slack-manifest.json").read_text())
    assert made["settings"]["socket_mode_enabled"] is True
    assert told(place, ("parley setup", walk)) == transcript


def test_a_second_walk_with_enter_alone_changes_nothing(place: Path, world: Platforms):
    begun(place, world)
    run("setup", typed=WHOLE)
    before = (place / "parley.env").read_bytes()
    again = run("setup", typed=("",) * 14 + ("n",))
    assert again.exit_code == 0
    assert "Nothing has changed" in again.output
    assert (place / "parley.env").read_bytes() == before


def test_a_wrong_token_is_asked_for_again(place: Path, world: Platforms):
    begun(place, world)
    walk = run("setup", "telegram", typed=("1:wr0ng", "what", "again", TELEGRAM, "n"))
    assert walk.exit_code == 0
    assert walk.output.index("Telegram does not know") < walk.output.index("@parley_example_bot")
    assert values(place / "parley.env")["PARLEY_TELEGRAM_TOKEN"] == TELEGRAM


def test_a_walk_that_is_broken_off_writes_nothing(place: Path, world: Platforms):
    begun(place, world)
    before = (place / "parley.env").read_bytes()
    assert run("setup", typed=WHOLE[:11]).exit_code == 1
    assert (place / "parley.env").read_bytes() == before


def test_in_a_real_terminal_a_token_does_not_show(place: Path, world: Platforms):
    begun(place, world)
    ours, theirs = pty.openpty()
    walk = subprocess.Popen(
        [sys.executable, "-B", "-m", "bot", "setup", "telegram"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    with os.fdopen(ours, "r+b", buffering=0) as terminal, ended(walk):
        # The space is written once the terminal has stopped showing what is typed.
        shown = read_until(terminal, "[Enter skips]: ")
        terminal.write(f"{TELEGRAM}\n".encode())
        shown += read_until(terminal, "administrator now?")
        terminal.write(b"n\n")
        assert walk.wait(timeout=30) == 0
    assert "@parley_example_bot" in shown
    assert "administrator now?" in shown
    assert TELEGRAM not in shown


@contextmanager
def ended(program: subprocess.Popen[bytes]) -> Iterator[None]:
    """It does not outlive the test, whatever happens."""
    try:
        yield
    finally:
        program.kill()
        program.wait()


def read_until(terminal: IO[bytes], end: str) -> str:
    """What a terminal shows up to `end`; half a minute at most."""
    shown, last = b"", time.monotonic() + 30
    while end.encode() not in shown:
        ready, _, _ = select.select([terminal], [], [], last - time.monotonic())
        assert ready, shown.decode()
        shown += terminal.read(4096)
    return shown.decode()


def test_what_is_half_done_is_asked_for_again(place: Path, world: Platforms):
    begun(place, world)
    walk = run("setup", "slack", typed=("n", "y", BOT, "", "again", "", APP, "skip", "n"))
    assert walk.output.count("Slack is half set up") == 2
    assert "xoxb" not in (place / "parley.env").read_text()
    run("setup", "slack", typed=("n", "y", BOT, "", "again", BOT, APP, "n"))
    assert run("setup", "slack", "--check").exit_code == 0


@pytest.mark.parametrize(("choice", "kept"), [("skip", ""), ("keep", "1:wr0ng")])
def test_a_wrong_token_can_be_left_out_or_kept(place: Path, world: Platforms, choice: str, kept: str):
    begun(place, world)
    assert run("setup", "telegram", typed=("1:wr0ng", choice, "n")).exit_code == 0
    assert values(place / "parley.env").get("PARLEY_TELEGRAM_TOKEN", "") == kept


def test_slack_by_http_for_several_workspaces(place: Path, world: Platforms):
    begun(place, world)
    with (place / "parley.env").open("a") as file:
        file.write("PARLEY_PUBLIC_URL=https://jobs.example.org\n")
    walk = run("setup", "slack", typed=("y", "1.2", "cl1ent-s3cret", "n", "s1gning-s3cret", "n"))
    assert walk.exit_code == 0
    made = json.loads((place / "parley-slack-manifest.json").read_text())
    assert made["oauth_config"]["redirect_urls"] == ["https://jobs.example.org/slack/oauth_redirect"]
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://jobs.example.org/slack/events"
    written = values(place / "parley.env")
    assert (written["PARLEY_SLACK_CLIENT_ID"], written["PARLEY_SLACK_SIGNING_SECRET"]) == ("1.2", "s1gning-s3cret")
    assert run("setup", "slack", "--check").exit_code == 0
    assert json.loads(run("setup", "slack", "--manifest").stdout) == made


def test_a_webhook_secret_is_made_for_telegram(place: Path, world: Platforms):
    begun(place, world)
    with (place / "parley.env").open("a") as file:
        file.write("PARLEY_PUBLIC_URL=https://jobs.example.org\n")
    walk = run("setup", "telegram", typed=("y", TELEGRAM, "n"))
    assert "not registered yet" in walk.output
    secret = values(place / "parley.env")["PARLEY_TELEGRAM_WEBHOOK_SECRET"]
    assert re.fullmatch(r"[\w-]{43}", secret)
    assert secret not in walk.output


def test_enter_alone_sets_no_platform_up(place: Path, world: Platforms):
    begun(place, world)
    before = (place / "parley.env").read_text()
    walk = run("setup", typed=("",) * 6 + ("n",))
    assert walk.exit_code == 0
    assert (place / "parley.env").read_text() == before
    assert world.calls == []


def test_an_answer_that_will_not_do_is_asked_again(place: Path, world: Platforms):
    begun(place, world)
    walk = run("setup", typed=("", "", "jobs.example.org", "https://jobs.example.org/", "", "", "", "n"))
    assert "PARLEY_PUBLIC_URL must be an address that begins with https://" in walk.output
    assert values(place / "parley.env")["PARLEY_PUBLIC_URL"] == "https://jobs.example.org/"


def test_a_file_with_errors_is_named_before_the_first_question(place: Path):
    (place / "parley.env").write_text("PARLEY_TELEGRAM_TOCKEN=x\n")
    walk = run("setup")
    assert walk.exit_code == 1
    assert "Did you mean PARLEY_TELEGRAM_TOKEN?" in walk.output
    assert "Example" not in walk.output


def test_the_environment_wins_and_that_is_said(place: Path, world: Platforms, monkeypatch: pytest.MonkeyPatch):
    begun(place, world)
    monkeypatch.setenv("PARLEY_TELEGRAM_TOKEN", TELEGRAM)
    walk = run("setup", "telegram", typed=("1:wr0ng", "n"))
    assert "PARLEY_TELEGRAM_TOKEN is also set in the environment, which wins over the file." in walk.output


@pytest.mark.parametrize("words", [("setup", "irc"), ("setup", "telegram", "--manifest")])
def test_what_cannot_be_is_one_plain_sentence(words: tuple[str, ...]):
    result = run(*words)
    assert result.exit_code == 1
    assert len(result.output.strip().splitlines()) == 1


def test_a_platform_that_is_not_set_up_is_half_configured():
    assert run("setup", "discord", "--check").exit_code == 1


def test_the_steps_alone_ask_nothing_and_write_nothing(place: Path, transcript: SnapshotAssertion):
    shown = run("setup", "--steps")
    assert shown.exit_code == 0
    assert list(place.iterdir()) == []
    assert told(place, ("parley setup --steps", shown)) == transcript
