"""What people read is short, plain and without cheer."""

import pytest

from flows.cards import Card
from tests.flows.scenes import SCENES, Scene

MOST_WORDS = 60


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.id)
def test_a_message_fits_a_chat_and_does_not_cheer(scene: Scene):
    cards = [what for who, what in scene.act().chat if who == "bot" and isinstance(what, Card)]
    assert len(cards) >= 4
    for card in cards:
        assert card.tone == "notice" or len(card.text.split()) <= MOST_WORDS, card.text
        assert "!" not in card.text
        assert card.text.strip() == card.text
