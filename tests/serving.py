"""A Parley of a test's own: the demo in a process of its own, which can be killed and started again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.web_client import HERE, WebClient

START_SECONDS = 40.0


class Demo:
    """The demo server. `base` is its address, which stays the same when it is started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", str(self.port), "--home"]
        with (self.home / "server.log").open("ab") as log:
            env = {**os.environ, "PYTHONUNBUFFERED": "1"}
            self._process = subprocess.Popen([*command, str(self.home)], stdout=log, stderr=log, env=env)
        deadline = time.monotonic() + START_SECONDS
        while not self._up():
            assert self._process.poll() is None, f"the demo ended:\n{self.log()}"
            assert time.monotonic() < deadline, f"the demo did not come up:\n{self.log()}"
            time.sleep(0.05)

    def _up(self) -> bool:
        try:
            return httpx.get(f"{self.base}/healthz", **HERE).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End it the way a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def log(self) -> str:
        return (self.home / "server.log").read_text()

    # -- the stage ----------------------------------------------------------------------------------

    def stage(self) -> dict[str, Any]:
        return httpx.get(f"{self.base}/api/v1/demo", **HERE).json()

    def invite(self) -> dict[str, Any]:
        """Invite a new candidate: `{"name", "session", "thread", "interview", "link"}`."""
        stage = httpx.post(f"{self.base}/api/v1/demo/start", json={}, **HERE).json()
        return {**stage["candidate"], "link": stage["invite_url"]}

    def person(self, name: str) -> dict[str, Any]:
        return next(p for p in self.stage()["people"] if p["name"] == name)

    def chat(self, who: dict[str, Any], thread: str = "") -> WebClient:
        """Somebody's own chat, or a channel as they see it."""
        return WebClient(self.base, who["session"], thread or who["thread"])

    def forward(self, minutes: int) -> None:
        """Move the clock of the demo."""
        answer = httpx.post(f"{self.base}/api/v1/demo/clock", json={"minutes": minutes}, timeout=60, **HERE)
        assert answer.status_code == 200, answer.text

    def record(self, interview: str) -> dict[str, Any]:
        """Everything that is stored about an interview, as the recruiter exports it."""
        recruiter = next(p for p in self.stage()["people"] if p["role"] == "recruiter")
        headers = {"Authorization": f"Bearer {recruiter['session']}"}
        answer = httpx.get(f"{self.base}/api/v1/interviews/{interview}/export", headers=headers, **HERE)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def said(self, interview: str) -> list[str]:
        """Every wording the candidate ever wrote, in order."""
        return [u["text"] for u in self.record(interview)["utterances"]]


@contextmanager
def serving(home: Path) -> Iterator[Demo]:
    """A running demo; it is gone afterwards."""
    demo = Demo(home)
    demo.start()
    try:
        yield demo
    finally:
        demo.kill()
