"""A real Radicale in a process of its own: a CalDAV server with one person's calendar in a temporary folder.

`Gateway` stands between a client and that server where a test needs something to happen on the way: a change that falls
between two requests, or a server that lacks a part of the protocol.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

START_SECONDS = 20.0
USER, PASSWORD = "ada", "correct horse"
# One client for all: making a new one for each request takes longer than the request.
_HTTP = httpx.Client(timeout=20, trust_env=False, verify=False)
Answer = tuple[int, dict[str, str], bytes]

MAKE_CALENDAR = """<?xml version="1.0"?><C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<displayname>{name}</displayname>
<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
</prop></set></C:mkcalendar>"""


class Radicale:
    """The server. `base` is its address, `calendar` that of ada's calendar "Work"; she has her password only here."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port: int = s.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.calendar = f"{self.base}/{USER}/main/"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "users").write_text(f"{USER}:{PASSWORD}\nempty:{PASSWORD}\n")
        config = self.home / "config"
        config.write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {self.home / 'users'}\nhtpasswd_encryption = plain\ndelay = 0\n"
            f"[storage]\nfilesystem_folder = {self.home / 'data'}\n"
        )
        with (self.home / "server.log").open("ab") as log:
            command = [sys.executable, "-m", "radicale", "--config", str(config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "TZ": "UTC"})
        deadline = time.monotonic() + START_SECONDS
        while not self._up():
            assert self._process.poll() is None, f"Radicale ended:\n{self.log()}"
            assert time.monotonic() < deadline, f"Radicale did not come up:\n{self.log()}"
            time.sleep(0.05)

    def _up(self) -> bool:
        try:
            return _HTTP.get(self.base).status_code < 500
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def log(self) -> str:
        return (self.home / "server.log").read_text()

    # -- another client of the same person ----------------------------------------------------------

    def ask(self, method: str, path: str, body: str = "", user: str = USER) -> httpx.Response:
        """Any request as this person, with a client that has nothing to do with Parley's."""
        url = path if path.startswith("http") else self.base + path
        return _HTTP.request(method, url, content=body.encode(), auth=(user, PASSWORD))

    def make_calendar(self, slug: str, name: str) -> str:
        """A new, empty calendar of ada's: its address."""
        answer = self.ask("MKCALENDAR", f"/{USER}/{slug}/", MAKE_CALENDAR.format(name=name))
        assert answer.status_code == 201, answer.text
        return f"{self.base}/{USER}/{slug}/"

    def names(self, calendar: str) -> list[str]:
        """The file names of everything in a calendar."""
        folder = self.home / "data" / "collection-root" / USER / calendar.rstrip("/").rsplit("/", 1)[1]
        return sorted(p.name for p in folder.iterdir() if p.name.endswith(".ics"))

    def write(self, url: str, text: str) -> None:
        answer = self.ask("PUT", url, text)
        assert answer.status_code in (200, 201, 204), answer.text

    def read(self, url: str) -> str:
        answer = self.ask("GET", url)
        assert answer.status_code == 200, answer.text
        return answer.text


@contextmanager
def serving(home: Path) -> Generator[Radicale]:
    """Radicale, up and with ada's calendar, for the length of a block."""
    server = Radicale(home)
    try:
        server.start()
        server.make_calendar("main", "Work")
        yield server
    finally:
        server.stop()


class Gateway(ThreadingHTTPServer):
    """Passes every request on to `base`, unless `rule(method, headers, body)` answers it itself."""

    daemon_threads = True

    def __init__(self, base: str, rule: Callable[[str, dict[str, str], bytes], Answer | None]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.base, self.rule = base, rule
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class _Passing(BaseHTTPRequestHandler):
    def _pass(self) -> None:
        gateway = self.server
        assert isinstance(gateway, Gateway)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {k.lower(): v for k, v in self.headers.items()}
        answer = gateway.rule(self.command, headers, body)
        if answer is None:
            kept = {k: v for k, v in headers.items() if k not in ("host", "connection", "accept-encoding")}
            real = _HTTP.request(self.command, gateway.base + self.path, content=body, headers=kept)
            names = ("content-type", "etag", "www-authenticate", "location", "dav")
            answer = (real.status_code, {k: real.headers[k] for k in names if k in real.headers}, real.content)
        status, fields, content = answer
        self.send_response(status)
        for key, value in fields.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = do_OPTIONS = _pass

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the tests say what went wrong."""


@contextmanager
def between(base: str, rule: Callable[[str, dict[str, str], bytes], Answer | None]) -> Generator[Gateway]:
    """A gateway in front of `base` for the length of a block."""
    gateway = Gateway(base, rule)
    thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield gateway
    finally:
        gateway.shutdown()
        gateway.server_close()
        thread.join()
