"""The manifest asks for what the adapter uses, and for nothing else."""

import ast
import inspect
import json
import re
import sys
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.app import SlackAdapter
from adapters.slack.config import SCOPES as ADAPTERS_SCOPES
from bot.setup.slack import EVENTS, EVENTS_PATH, INSTALL_PATH, METHODS, REDIRECT_PATH, SCOPES, manifest, steps
from tests.shared import shared

ADAPTER = Path(__file__).resolve().parents[3] / "adapters" / "slack"
WAYS = [(s, o) for s in (True, False) for o in (True, False)]
URL = "https://jobs.example.org"


@pytest.mark.parametrize(("socket", "several"), WAYS)
def test_the_manifest_is_valid_by_slacks_own_schema(socket: bool, several: bool):
    sys.path.append(str(shared("wirespec")))
    import wirespec

    made = manifest("Example Ltd", URL, socket=socket, several=several)
    assert wirespec.check_slack_manifest(made) == []
    assert wirespec.check_slack_manifest(made | {"display_information": {}}) != []
    assert json.loads(json.dumps(made)) == made


def test_a_company_with_a_long_name_still_makes_a_valid_description():
    assert len(manifest("x" * 80, URL, socket=True)["display_information"]["description"]) <= 140


def test_by_socket_no_address_is_told_and_by_http_every_address_is_ours():
    def told(made: object) -> set[str]:
        return set(re.findall(r"https?://[^\"]+", json.dumps(made)))

    assert told(manifest("C", URL, socket=True)) == set()
    assert told(manifest("C", URL, socket=False)) == {f"{URL}/slack/events"}
    assert told(manifest("C", URL, socket=True, several=True)) == {f"{URL}/slack/oauth_redirect"}


def test_it_is_an_agent_with_the_agent_view_alone():
    features = manifest("C", URL, socket=True)["features"]
    assert "agent_view" in features
    assert "assistant_view" not in features


def test_the_scopes_are_exactly_those_that_methods_events_and_the_command_need():
    needed = {s for scopes in METHODS.values() for s in scopes} | set(EVENTS.values()) - {""} | {"commands"}
    assert set(SCOPES) == needed
    made = manifest("C", URL, socket=True)
    assert set(made["oauth_config"]["scopes"]) == {"bot"}
    assert set(made["oauth_config"]["scopes"]["bot"]) == needed
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    assert all(SCOPES.values())


def _trees() -> list[ast.AST]:
    files = sorted(ADAPTER.rglob("*.py"))
    assert files, "there is no adapter for Slack to compare with"
    return [ast.walk(ast.parse(f.read_text("utf-8"))) for f in files]  # pyright: ignore[reportReturnType]


def methods_of_the_sdk() -> dict[str, str]:
    """Name of the client's function -> the Web API method that it calls."""
    found: dict[str, str] = {}
    for name, function in inspect.getmembers(AsyncWebClient, inspect.isfunction):
        if called := re.search(r'api_call\(\s*"([\w.]+)"', inspect.getsource(function)):
            found[name] = called[1]
    return found


def methods_called() -> set[str]:
    """Every Web API method that the adapter's code names: as a function of the client, or as a string."""
    known, found = methods_of_the_sdk(), set[str]()
    names = set(known.values())
    assert len(names) > 200
    for tree in _trees():
        for node in tree:  # pyright: ignore[reportGeneralTypeIssues]
            if isinstance(node, ast.Attribute) and node.attr in known:
                found.add(known[node.attr])
            elif isinstance(node, ast.Constant) and node.value in names:
                found.add(str(node.value))
    return found


def test_the_table_of_methods_is_what_the_adapter_calls():
    called = methods_called()
    # Bolt makes these by itself.
    called |= {"auth.test", "apps.connections.open"}
    assert called == set(METHODS)


def test_the_table_of_events_is_what_the_adapter_listens_to():
    source = (ADAPTER / "parse.py").read_text("utf-8")
    families = ("app_", "channel_", "group_", "member_", "message", "tokens_", "team_", "user_", "assistant_", "file_")
    known = {e for e in _events() if e.startswith(families)}
    assert len(known) > 50
    heard = {n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and n.value in known}
    # One leaves by channel_left or group_left; that others leave is nobody's business.
    assert heard - {"member_left_channel"} - SUBTYPES == {e.partition(".")[0] for e in EVENTS}


SUBTYPES = {"channel_name", "file_share", "message_changed", "message_deleted"}  # of a message


def _events() -> set[str]:
    """The name of everything that Slack calls a type in an event."""
    text = shared("wirespec", "specs", "slack", "in_event.json").read_text("utf-8")
    return set(re.findall(r'"const": ?"(\w+)"', text)) | set(re.findall(r'"enum": ?\["(\w+)"\]', text))


def test_the_addresses_are_those_that_the_adapter_serves():
    assert SlackAdapter.paths == (EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH)


def test_the_adapter_asks_for_the_same_scopes_by_oauth():
    assert sorted(ADAPTERS_SCOPES) == sorted(SCOPES)


@pytest.mark.parametrize(("socket", "several"), WAYS)
def test_the_steps_name_each_secret_that_will_be_asked_for(socket: bool, several: bool):
    told = " ".join(steps("m.json", socket=socket, several=several))
    assert ("xoxb-" in told) is not several
    assert ("Client Secret" in told) is several
    assert ("xapp-" in told) is socket
    assert ("Signing Secret" in told) is not socket
    assert "m.json" in told
