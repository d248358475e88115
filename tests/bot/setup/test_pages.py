"""The how-to pages say what the code asks for."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.setup import check_discord, check_slack, check_telegram, discord, slack, telegram

PAGES = Path(__file__).resolve().parents[3] / "docs" / "how-to"


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text("utf-8")


def test_the_page_for_slack_lists_every_scope_with_its_reason():
    rows = re.findall(r"^\| `(\S+)` \| (.+) \|$", page("install-slack"), re.MULTILINE)
    assert {s: why for s, why in rows if ":" in s or s == "commands"} == slack.SCOPES


def test_the_page_for_discord_lists_every_permission_with_its_reason():
    rows = re.findall(r"^    \| (\w[\w ]+) \| (.+) \|$", page("install-discord"), re.MULTILINE)
    assert dict(rows[1:]) == {name: why for name, (_, why) in discord.PERMISSIONS.items()}


def test_the_paths_and_ports_on_the_pages_are_real():
    assert slack.EVENTS_PATH in page("install-slack")
    assert slack.INSTALL_PATH in page("install-slack")
    assert all(str(port) in page("install-telegram") for port in telegram.PORTS)


@pytest.mark.parametrize("name", ["connect-your-platforms", "install-slack", "install-telegram", "install-discord"])
def test_every_setting_on_a_page_exists(name: str):
    named = set(re.findall(r"PARLEY_[A-Z_]+", page(name)))
    assert named
    assert named <= {f"PARLEY_{field.upper()}" for field in Settings.model_fields}


@pytest.mark.parametrize(
    ("name", "module"),
    [("install-slack", check_slack), ("install-telegram", check_telegram), ("install-discord", check_discord)],
)
def test_every_trouble_on_a_page_is_one_that_the_check_tells(name: str, module: object):
    source = "".join(
        Path(str(getattr(m, "__file__", ""))).read_text("utf-8")
        for m in (module, __import__("bot.setup.ask", fromlist=["x"]))
    )
    told = re.findall(r"^\| \*(.+?)\* \|", page(name), re.MULTILINE)
    assert len(told) >= 4
    for sentence in told:
        longest = max(
            re.split(r"\.\.\.|PARLEY_\w+|/interview and /start|\(409\)|User Install|This machine's clock is", sentence),
            key=len,
        )
        assert longest.strip() in source, sentence
