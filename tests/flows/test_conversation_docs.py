"""The pages in docs/conversations are what the conversations really say.

After a change of words: `PARLEY_WRITE_DOCS=1 python -m pytest tests/flows/test_conversation_docs.py`.
"""

import os
from pathlib import Path

import pytest

from tests.flows.chat import index, page
from tests.flows.scenes import SCENES, Scene

DOCS = Path(__file__).resolve().parents[2] / "docs" / "conversations"


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.id)
def test_the_page_is_what_is_said(scene: Scene):
    _same(DOCS / f"{scene.id}.md", page(scene, scene.act()))


def test_the_index_names_every_page():
    _same(DOCS / "index.md", index(SCENES))
    assert {p.stem for p in DOCS.glob("*.md")} == {"index", *(s.id for s in SCENES)}


def _same(path: Path, text: str) -> None:
    if os.environ.get("PARLEY_WRITE_DOCS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date: write it with PARLEY_WRITE_DOCS=1"
