"""Fetching a speech model from a server that behaves like the hub: interrupted, damaged, absent, without a network."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.cli_models import for_demo
from bot.doctor_speech import speech
from bot.settings import Settings
from bot.speech.models import ModelProblem, fetched, find
from bot.speech.pull import damaged, pull
from tests import speech_model

REPOSITORY = "Systran/faster-whisper-tiny"


class Hub:
    """Serves the files of one model. cuts: sizes after which the line breaks; asked: (path, Range) of what was fetched."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.cuts = files, list[int]()
        self.asked: list[tuple[str, str]] = []
        self.sent = dict(files)  # what goes over the line, where that is something else

    def tree(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = [{"type": "file", "path": "README.md", "size": 3, "oid": "0" * 40}]
        for name, data in self.files.items():
            oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
            entry: dict[str, Any] = {"type": "file", "path": name, "size": len(data), "oid": oid}
            if name == "model.bin":
                entry |= {"oid": "f" * 40, "lfs": {"oid": hashlib.sha256(data).hexdigest(), "size": len(data)}}
            listed.append(entry)
        return listed

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        if to.path == f"/api/models/{REPOSITORY}/tree/main":
            self._send(to, 200, json.dumps(self.tree()).encode())
            return
        if to.path.startswith("/cdn/"):
            name, wanted = to.path.removeprefix("/cdn/"), to.headers.get("Range", "")
            self.asked.append((name, wanted))
            start = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
            self._send(to, 206 if wanted else 200, self.sent[name][start:], self.cuts.pop(0) if self.cuts else None)
            return
        name = to.path.rpartition("/")[2]
        if to.path == f"/{REPOSITORY}/resolve/main/{name}" and name in self.sent:
            to.send_response(302)  # large files lie elsewhere
            to.send_header("Location", f"/cdn/{name}")
            to.send_header("Content-Length", "0")
            to.end_headers()
            return
        self._send(to, 404, b"{}")

    @staticmethod
    def _send(to: BaseHTTPRequestHandler, status: int, data: bytes, cut: int | None = None) -> None:
        to.send_response(status)
        to.send_header("Content-Length", str(len(data)))
        to.end_headers()
        to.wfile.write(data if cut is None else data[:cut])
        to.close_connection = True


@pytest.fixture
def hub(beeps: Path) -> Iterator[tuple[Hub, str]]:
    """A hub with the tests' own model as "tiny"."""
    made = Hub({p.name: p.read_bytes() for p in beeps.iterdir()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield made, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_model_is_fetched_whole_and_found(tmp_path: Path, hub: tuple[Hub, str]):
    made, base = hub
    seen: list[tuple[int, int]] = []
    folder = pull("tiny", tmp_path / "models", base, lambda done, total: seen.append((done, total)))
    total = sum(map(len, made.files.values()))
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.name in made.files} == made.files
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)
    assert not (folder / "README.md").exists()
    assert [m.name for m in fetched(tmp_path / "models")] == ["tiny"]
    model = find("", tmp_path / "models")
    assert model is not None
    assert model.folder == folder
    assert damaged(folder) == []
    before = len(made.asked)
    assert pull("tiny", tmp_path / "models", base) == folder
    assert len(made.asked) == before  # what is whole isn't fetched again
    (folder / "model.bin").write_bytes(b"x" * len(made.files["model.bin"]))
    assert damaged(folder) == ["model.bin"]
    assert pull("tiny", tmp_path / "models", base) == folder
    assert damaged(folder) == []


def test_what_was_interrupted_goes_on_where_it_stopped(tmp_path: Path, hub: tuple[Hub, str]):
    made, base = hub
    large = len(made.files["model.bin"])
    made.cuts = [1] * 100
    with pytest.raises(ModelProblem, match="goes on from there"):
        pull("tiny", tmp_path, base)
    assert not (tmp_path / "tiny").exists()
    assert find("", tmp_path) is None  # half a model is none
    made.cuts = [10**9] * (len(made.files) - 1) + [large // 3, large // 3]  # the largest file comes last
    made.asked.clear()
    folder = pull("tiny", tmp_path, base)
    assert damaged(folder) == []
    ranges = [wanted for name, wanted in made.asked if name == "model.bin"]
    assert ranges[-2:] == [f"bytes={large // 3}-", f"bytes={large // 3 * 2}-"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("content", "checksum is wrong"),
        ("absent", "status 404"),
        ("half", "no whole model"),
        ("name", "There are: tiny"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_that_looks_like_a_model(
    tmp_path: Path, hub: tuple[Hub, str], wrong: str, says: str
):
    made, base = hub
    if wrong == "content":
        made.sent["model.bin"] = b"y" * len(made.files["model.bin"])
    elif wrong == "absent":
        del made.sent["tokenizer.json"]
    elif wrong == "half":
        del made.files["tokenizer.json"]
    with pytest.raises(ModelProblem, match=says):
        pull("huge" if wrong == "name" else "tiny", tmp_path, base)
    assert find("", tmp_path) is None


def test_the_commands_say_what_is_there_and_what_to_do(
    tmp_path: Path, hub: tuple[Hub, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner().invoke
    assert "answers are written" in run(cli.app, ["models", "check"]).output
    offline = run(cli.app, ["models", "pull", "tiny", "--from", "http://127.0.0.1:9"])
    assert offline.exit_code == 1
    assert "can't be reached" in offline.output
    done = run(cli.app, ["models", "pull", "tiny", "--from", hub[1]])
    assert done.exit_code == 0, done.output
    assert "tiny is in" in done.output
    listed = run(cli.app, ["models", "list"]).output
    assert any("here" in line and "tiny " in line for line in listed.splitlines())
    assert "tiny: whole, listens to recordings" in run(cli.app, ["models", "check"]).output
    (tmp_path / "models" / "tiny" / "tokenizer.json").unlink()
    broken = run(cli.app, ["models", "check"])
    assert broken.exit_code == 1
    assert "tokenizer.json" in broken.output


def test_the_doctor_knows_what_listens(tmp_path: Path, beeps: Path):
    def found(**settings: Any) -> tuple[str, str]:
        first = speech(Settings(home=tmp_path, **settings))[0]
        return first.level, first.what + first.remedy

    assert found()[0] == "good"
    assert "answers are written" in found()[1]
    assert found(speech_model=str(beeps)) == ("good", "The speech model beeps listens to recordings.")
    assert found(speech_model="base") == (
        "bad", f"There is no speech model base in {tmp_path / 'models'}.Run: parley models pull base",
    )  # fmt: skip
    (tmp_path / "half").mkdir()
    level, what = found(speech_model=str(tmp_path / "half"))
    assert level == "bad"
    assert "model.bin, config.json, tokenizer.json, vocabulary.json" in what
    assert found(transcribe_base_url="http://127.0.0.1:9/v1")[0] == "bad"
    assert found(transcribe_base_url="http://127.0.0.1:9/v1", transcribe_model="any")[0] == "good"


def test_a_demo_listens_with_a_model_that_was_fetched_for_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    usual, demo = tmp_path / "usual", tmp_path / "demo"
    monkeypatch.setenv("PARLEY_HOME", str(usual))
    assert for_demo(demo) == ""
    monkeypatch.setenv("PARLEY_SPEECH_MODEL", "base")
    with pytest.raises(ModelProblem, match="Run: parley models pull base"):
        for_demo(demo)
    speech_model.build(usual / "models" / "base")
    assert for_demo(demo) == str(usual / "models" / "base")
    speech_model.build(demo / "models" / "base")
    assert for_demo(demo) == "base", "its own comes first"
