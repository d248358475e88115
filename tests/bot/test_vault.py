"""The vault: what goes in comes out, and nothing else does. Real files with real permissions."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.settings import Settings
from bot.vault import KeyProblem, Sealed, Vault, key_file, master_key

MASTER = bytes(range(32))
ROOT = Path(__file__).resolve().parents[2]
keys = st.binary(min_size=32, max_size=32)


@settings(deadline=None)
@given(keys, st.binary(max_size=2_000), st.text())
def test_what_was_sealed_opens_to_the_same(key: bytes, plain: bytes, aad: str):
    vault = Vault(MASTER)
    assert vault.open(key, vault.seal(key, plain, aad), aad) == plain


@settings(deadline=None)
@given(keys, st.binary(max_size=200), st.data())
def test_one_changed_bit_anywhere_is_noticed(key: bytes, plain: bytes, data: st.DataObject):
    vault = Vault(MASTER)
    blob = bytearray(vault.seal(key, plain, "utterance/u_1"))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Sealed):
        vault.open(key, bytes(blob), "utterance/u_1")


@settings(deadline=None)
@given(keys, st.binary(max_size=200), st.data())
def test_a_shortened_value_is_noticed(key: bytes, plain: bytes, data: st.DataObject):
    vault = Vault(MASTER)
    blob = vault.seal(key, plain, "a")
    with pytest.raises(Sealed):
        vault.open(key, blob[: data.draw(st.integers(0, len(blob) - 1))], "a")


@settings(deadline=None)
@given(keys, keys, st.text(), st.text())
def test_a_different_key_or_place_opens_nothing(key: bytes, other: bytes, aad: str, elsewhere: str):
    vault = Vault(MASTER)
    blob = vault.seal(key, b"I led the team", aad)
    if other != key:
        with pytest.raises(Sealed):
            vault.open(other, blob, aad)
    if elsewhere != aad:
        with pytest.raises(Sealed):
            vault.open(key, blob, elsewhere)


def test_the_words_are_not_in_the_sealed_value_and_no_two_are_alike():
    vault = Vault(MASTER)
    key = vault.new_key()
    made = {vault.seal(key, b"I led the team", "a") for _ in range(50)}
    assert len(made) == 50
    assert not any(b"led" in blob for blob in made)
    assert {blob[0] for blob in made} == {1}


def test_a_tenants_key_opens_only_under_the_master_key_that_wrapped_it():
    key = Vault(MASTER).new_key()
    blob = Vault(MASTER).wrap(key, "tenant/t_1")
    assert Vault(MASTER).unwrap(blob, "tenant/t_1") == key
    with pytest.raises(Sealed, match="different key") as caught:
        Vault(bytes(32)).unwrap(blob, "tenant/t_1")
    assert caught.value.__cause__ is None


@settings(deadline=None)
@given(keys, st.text(), st.text())
def test_tags_find_the_same_text_under_the_same_key(key: bytes, one: str, two: str):
    vault = Vault(MASTER)
    assert (vault.tag(key, one) == vault.tag(key, two)) == (one == two)
    assert len(vault.tag(key, one)) == 64
    assert vault.tag(key, one) != vault.tag(bytes(b ^ 1 for b in key), one)


def test_a_tag_is_the_published_hmac():
    # RFC 4231, test case 2
    assert Vault(MASTER).tag(b"Jefe", "what do ya want for nothing?").startswith("5bdcc146bf60754e6a042426089575c7")


def test_the_first_run_makes_a_key_that_only_its_owner_reads(tmp_path: Path):
    settings = Settings(home=tmp_path / "new" / "home")
    first = master_key(settings)
    assert len(first) == 32
    assert stat.S_IMODE(key_file(settings.home).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.home.stat().st_mode) & 0o077 == 0
    assert master_key(settings) == first


def test_the_environment_wins_over_the_file_and_makes_none(tmp_path: Path):
    settings = Settings(home=tmp_path, master_key=SecretStr(base64.b64encode(MASTER).decode()))
    assert master_key(settings) == MASTER
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int):
    settings = Settings(home=tmp_path)
    master_key(settings)
    key_file(tmp_path).chmod(mode)
    with pytest.raises(KeyProblem, match="chmod 600"):
        master_key(settings)


@pytest.mark.parametrize("content", [b"", b"c2hvcnQ=", b"not base64 at all", b"\xff\xfe\x00"])
def test_a_damaged_key_file_is_never_replaced(tmp_path: Path, content: bytes):
    key_file(tmp_path).touch(0o600)
    key_file(tmp_path).write_bytes(content)
    with pytest.raises(KeyProblem, match="does not hold a key"):
        master_key(Settings(home=tmp_path))
    assert key_file(tmp_path).read_bytes() == content


def test_no_new_key_is_made_beside_an_existing_database(tmp_path: Path):
    settings = Settings(home=tmp_path)
    settings.database_path.write_bytes(b"SQLite format 3\0")
    with pytest.raises(KeyProblem, match="no other key can open it"):
        master_key(settings)
    assert not key_file(tmp_path).exists()


def test_a_full_disk_leaves_no_half_key(tmp_path: Path):
    script = (
        "import resource, signal; from pathlib import Path\n"
        "from bot.settings import Settings; from bot.vault import master_key, KeyProblem\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))\n"
        f"try: master_key(Settings(home=Path({str(tmp_path)!r})))\n"
        "except KeyProblem as problem: print(problem)\n"
    )
    run = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "could not be stored" in run.stdout
    assert os.listdir(tmp_path) == []
