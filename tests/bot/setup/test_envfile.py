"""The settings file: nothing that stands there is lost, nobody else can read it, and a crash leaves the old one."""

import os
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot.setup.envfile import EnvFileProblem, merged, values, write

ROOT = Path(__file__).resolve().parents[3]
OLD = """# Example Ltd's Parley

PARLEY_PORT=9000   # behind nginx
export PARLEY_CONTACT='jobs # not people'  # asked 3 May
OTHER="two
lines"
PARLEY_PORT=9001
"""


def test_lines_keep_their_place_and_what_stands_around_them():
    assert merged(OLD, {"PARLEY_PORT": "9002", "PARLEY_CONTACT": "Ada's desk", "PARLEY_TELEGRAM_TOKEN": "1:x"}) == (
        """# Example Ltd's Parley

PARLEY_PORT=9002   # behind nginx
export PARLEY_CONTACT='Ada\\'s desk'  # asked 3 May
OTHER="two
lines"
PARLEY_TELEGRAM_TOKEN=1:x
"""
    )


def test_without_changes_every_byte_stays():
    assert merged(OLD, {}) == OLD
    assert merged("not = a\n{line", {}) == "not = a\n{line"


def test_a_last_line_without_an_end_gets_one():
    assert merged("A=1", {"B": "2"}) == "A=1\nB=2\n"


NAMES = st.sampled_from(["PARLEY_A", "PARLEY_B", "PARLEY_C"])
PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=30).filter(
    lambda t: "${" not in t and t.isprintable()
)


@given(st.lists(st.dictionaries(NAMES, PRINTABLE, max_size=3), max_size=4))
def test_whatever_is_written_is_what_is_read(rounds: list[dict[str, str]]):
    text, expected = "# start\n", dict[str, str]()
    for changes in rounds:
        text, expected = merged(text, changes), expected | changes
    assert dotenv_values(stream=StringIO(text)) == expected
    assert text.startswith("# start\n")


@pytest.mark.parametrize("value", ["a\nb", "a\x00b", "${HOME}", "a\rb"])
def test_what_a_file_cannot_hold_is_refused_without_repeating_it(value: str):
    with pytest.raises(EnvFileProblem) as caught:
        merged("", {"PARLEY_TELEGRAM_TOKEN": "s3cret" + value})
    assert "s3cret" not in str(caught.value)


def test_only_the_owner_can_read_it_whatever_was_before(place: Path):
    file = place / "parley.env"
    file.write_text(OLD)
    file.chmod(0o644)
    old = os.umask(0)
    try:
        write(file, {"PARLEY_PORT": "1"})
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert values(file)["PARLEY_PORT"] == "1"
    assert values(file)["OTHER"] == "two\nlines"
    assert [p.name for p in place.iterdir()] == ["parley.env"]


def test_a_link_stays_a_link(place: Path):
    (place / "sub").mkdir()
    (place / "parley.env").symlink_to(place / "sub" / "real.env")
    write(place / "parley.env", {"PARLEY_PORT": "1"})
    assert (place / "parley.env").is_symlink()
    assert values(place / "sub" / "real.env") == {"PARLEY_PORT": "1"}


CRASH = """
import resource, sys
from pathlib import Path
from bot.setup.envfile import EnvFileProblem, write
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
try:
    write(Path(sys.argv[1]), {"PARLEY_TELEGRAM_TOKEN": "x" * 100})
except EnvFileProblem as problem:
    sys.exit(str(problem))
"""


def test_a_disk_that_takes_no_more_leaves_the_old_file(place: Path):
    file = place / "parley.env"
    file.write_text(OLD)
    done = subprocess.run(
        [sys.executable, "-B", "-c", CRASH, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "It is as it was" in done.stderr
    assert "xxx" not in done.stderr
    assert file.read_text() == OLD
    assert [p.name for p in place.iterdir()] == ["parley.env"]


KILLED = """
import os, signal, sys
from pathlib import Path
from bot.setup.envfile import write
# As if the power went at the last moment: just before the new file takes the old one's place.
sys.addaudithook(lambda event, _: os.kill(os.getpid(), signal.SIGKILL) if event == "os.rename" else None)
write(Path(sys.argv[1]), {"PARLEY_PORT": "1"})
"""


def test_a_kill_at_the_last_moment_leaves_the_old_file_and_no_readable_secret(place: Path):
    file = place / "parley.env"
    file.write_text(OLD)
    done = subprocess.run([sys.executable, "-B", "-c", KILLED, str(file)], cwd=ROOT, timeout=30, check=False)
    assert done.returncode == -9
    assert file.read_text() == OLD
    left = [p for p in place.iterdir() if p != file]
    assert [stat.S_IMODE(p.stat().st_mode) for p in left] == [0o600]
    write(file, {"PARLEY_PORT": "2"})
    assert values(file)["PARLEY_PORT"] == "2"
