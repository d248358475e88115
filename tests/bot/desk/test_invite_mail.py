"""An e-mail address written behind a candidate's name."""

from pathlib import Path

import pytest

from bot import people
from bot.desk.hire import addressed
from bot.store.rows import Interview
from tests.bot.stagehand import acting


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada Okoye <ada@example.org>", ("Ada Okoye", "ada@example.org")),
        ("Ada Okoye", ("Ada Okoye", "")),
        ("Ada <ada at example>", ("Ada <ada at example>", "")),
        ("<ada@example.org>", ("<ada@example.org>", "")),
        ("Ada <a@b.c> <d@e.f>", ("Ada <a@b.c> <d@e.f>", "")),
    ],
)
def test_what_is_read_as_an_address(text: str, found: tuple[str, str]):
    assert addressed(text) == found


async def test_the_address_is_kept_and_not_shown_as_the_name(tmp_path: Path):
    async with acting(tmp_path) as stage:
        card = await stage.seats["Noor"].orders("/interview invite Ada Okoye <ada@example.org>")
        assert card["text"].startswith("Ada Okoye is invited")
        (interview,) = await stage.rows(Interview)
        who = (stage.app.tenant_id, interview["candidate_id"])
        assert await stage.app.store.read(lambda tx: people.name_of(tx, stage.app.keys, *who)) == "Ada Okoye"
        assert await stage.app.store.read(lambda tx: people.email_of(tx, stage.app.keys, *who)) == "ada@example.org"
        again = await stage.seats["Noor"].orders("/interview invite Ada Okoye <other@example.org>")
        assert "options" in again  # she is invited already: the same person, or another one of that name?
