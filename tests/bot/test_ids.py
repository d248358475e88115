"""Ids and secrets: their form, and that the seeded ones repeat."""

import hashlib
import re

from bot.ids import Ids, SeededIds, digest
from bot.redact import is_id


def test_an_id_is_its_prefix_and_sixteen_letters_or_digits():
    made = [Ids().new("iv") for _ in range(200)]
    assert len(set(made)) == 200
    assert all(re.fullmatch(r"iv_[a-z2-7]{16}", i) and is_id(i) for i in made)


def test_a_secret_fits_a_link_and_has_256_bits():
    made = [Ids().secret() for _ in range(200)]
    assert len(set(made)) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", s) for s in made)


def test_only_the_digest_of_a_secret_is_for_storing():
    assert digest("abc") == hashlib.sha256(b"abc").hexdigest()


def test_the_same_seed_makes_the_same_names_in_the_same_order():
    one, two, other = SeededIds(7), SeededIds(7), SeededIds(8)
    first = [one.new("c"), one.secret(), one.new("c")]
    assert first == [two.new("c"), two.secret(), two.new("c")]
    assert len(set(first)) == 3
    assert other.new("c") != first[0]
    assert re.fullmatch(r"c_[a-z2-7]{16}", first[0])
    assert len(first[1]) == 43
