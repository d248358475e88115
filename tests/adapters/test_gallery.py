"""The gallery: every card of every acted conversation as each adapter renders it.

A reviewer of a change sees here what people will see. New looks are accepted with `pytest --snapshot-update`.
"""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from adapters.contract import Outgoing
from adapters.web import render
from flows import cards
from flows.cards import Card
from tests.flows.scenes import SCENES, Scene

RENDERERS = {"web": lambda out: render.message(out)}


@pytest.mark.parametrize("scene", SCENES, ids=[s.id for s in SCENES])
@pytest.mark.parametrize("platform", RENDERERS)
def test_every_card_looks_as_it_did(scene: Scene, platform: str, snapshot: SnapshotAssertion):
    shown = [card for who, card in scene.act().chat if who == "bot" and isinstance(card, Card)]
    assert shown, "the scene shows nothing"
    messages = [RENDERERS[platform](_outgoing(n, card)) for n, card in enumerate(shown)]
    assert messages == snapshot(extension_class=JSONSnapshotExtension)


def _outgoing(n: int, card: Card) -> Outgoing:
    body: dict[str, Any] = cards.to_json(card)
    token = f"{n:08x}" if card.options or card.fields or card.answering else ""
    return Outgoing(f"m_{n}", "th_1", "th_1", n, "send", "", body, token, "", "step", 0)
