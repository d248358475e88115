"""Every legal text is a versioned template, marked for review (R25)."""

import re
from dataclasses import replace
from string import Formatter

import pytest

from flows.words import legal_en
from flows.words.legal_en import ALL, FOR_REVIEW, Legal


def problems(legal: Legal) -> list[str]:
    found = list[str]()
    if legal.version < 1:
        found.append("no version")
    if legal.review != FOR_REVIEW and not re.fullmatch(r"reviewed by \S.* on \d{4}-\d\d-\d\d", legal.review):
        found.append("no mark")
    if not legal.text.strip():
        found.append("no text")
    return found


@pytest.mark.parametrize("legal", ALL, ids=lambda x: x.id)
def test_a_legal_text_has_a_version_and_a_mark(legal: Legal):
    assert problems(legal) == []
    assert len(legal.hash) == 64


def test_a_text_without_version_or_mark_is_found():
    assert problems(replace(ALL[0], version=0)) == ["no version"]
    assert problems(replace(ALL[0], review="")) == ["no mark"]
    assert problems(replace(ALL[0], review="reviewed by N. Example on 2027-01-02")) == []


def test_every_legal_text_of_the_module_is_listed_once():
    named = [v for v in vars(legal_en).values() if isinstance(v, Legal)]
    assert len(named) == len(ALL)
    assert len({x.id for x in ALL}) == len({x.hash for x in ALL}) == len(ALL)


def test_the_hash_follows_id_version_and_text():
    one = ALL[0]
    changed = [replace(one, id="other"), replace(one, version=2), replace(one, text="other")]
    assert len({one.hash, *(c.hash for c in changed)}) == 4
    assert replace(one, review="reviewed by N. Example on 2027-01-02").hash == one.hash


@pytest.mark.parametrize("legal", ALL, ids=lambda x: x.id)
def test_a_text_is_filled_in_completely_or_not_at_all(legal: Legal):
    names = {name for _, name, _, _ in Formatter().parse(legal.text) if name}
    filled = legal.filled(**dict.fromkeys(names, "Northwind"))
    assert "{" not in filled
    if names:
        with pytest.raises(KeyError):
            legal.filled()
