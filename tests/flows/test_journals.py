"""People in the middle of a conversation can go on after an upgrade: every recorded journal still replays."""

import json
from pathlib import Path
from typing import Any

import pytest

from flows.engine import turn
from flows.kits.model import Kit
from flows.ledger import Journal
from flows.playbill import PLAYBILL
from flows.registry import Flow
from tests.flows.record_journals import JOURNALS
from tests.flows.scenes import SCENES

FILES = sorted(JOURNALS.glob("*/*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_recorded_journal_replays_and_adds_nothing(path: Path):
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    name, version = data["play"].split("/v")
    args = {k: Kit.model_validate(v) if k == "kit" else v for k, v in data["args"].items()}
    flow = Flow(PLAYBILL.get(name, int(version)), data["seed"], args)
    got = turn(flow, Journal.from_json(data["journal"]), None, None)
    assert (got.entries, got.shown, got.calls, got.facts) == ((), (), (), ())
    if data["result"] != "withdrawn":
        assert (got.state, got.result) == (data["state"], data["result"])


def test_every_conversation_has_at_least_two_journals():
    plays = {p.id.replace("/", "-") for p in PLAYBILL}
    counts = {name: len([f for f in FILES if f.parent.name == name]) for name in plays}
    assert plays
    assert all(n >= 2 for n in counts.values()), counts
    assert {f.stem for f in FILES} >= {s.id for s in SCENES}, "run: python -m tests.flows.record_journals"
