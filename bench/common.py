"""What every benchmark needs: a folder on a real disk, an app with people in it, and one way to print."""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot import hiring, log, people  # noqa: E402 - this file is run by its path, so the root comes first
from bot.app import App, build  # noqa: E402
from bot.kits import KitLibrary  # noqa: E402
from bot.scene import Scene  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.store.rows import Thread  # noqa: E402
from bot.store.store import Tx  # noqa: E402
from bot.web.demo import Cast, set_stage  # noqa: E402

MOST_NOISE = 0.25
KIT = "customer-support"
ANSWER = (
    "A customer wrote that her order had not come for three weeks. I looked it up, saw that it was lost, told her so "
    "and sent a new one the same day. Then I asked the carrier what had happened, and wrote the reason into our notes, "
    "so that the next person with the same question gets an answer at once. She ordered again a month later."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside a baseline of the same run. `aim`: in words; `met`: None where there is none."""

    bench: str
    value: float
    unit: str
    baseline: str
    baseline_value: float
    aim: str = ""
    met: bool | None = None
    noisy: bool = False  # the baseline changed while this was measured: then nothing is claimed

    def print(self) -> None:
        ratio = self.value / self.baseline_value if self.baseline_value else 0.0
        line: dict[str, Any] = {"bench": self.bench, "value": _short(self.value), "unit": self.unit}
        line |= {"baseline": self.baseline, "baseline_value": _short(self.baseline_value), "ratio": _short(ratio)}
        if self.noisy:
            _print({**line, "aim": self.aim, "met": None, "noisy": True})
        else:
            _print({**line, "aim": self.aim, "met": self.met})


def context(bench: str, **facts: Any) -> None:
    """A line that says under what circumstances the figures of `bench` were taken."""
    _print({"bench": bench, "context": {k: _short(v) if isinstance(v, float) else v for k, v in facts.items()}})


def _print(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


def _short(x: float) -> float:
    """Three significant digits: nothing here is known better."""
    return float(f"{x:.3g}")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one run, on the disk that the repository is on. Gone afterwards."""
    place = ROOT / ".bench"
    place.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=place))
    try:
        if file_system(path) in ("tmpfs", "ramfs"):
            raise SystemExit(
                "The repository is on a RAM disk, where a commit costs nothing. Use a copy on a real disk."
            )
        yield path
    finally:
        shutil.rmtree(path)


def file_system(path: Path) -> str:
    """The type of the file system that `path` is on, such as ext4; "unknown" where there is no findmnt."""
    tool = shutil.which("findmnt")
    if tool is None:
        return "unknown"
    return subprocess.run([tool, "-nro", "FSTYPE", "-T", str(path)], capture_output=True, text=True).stdout.strip()


def pragmas(path: Path) -> dict[str, Any]:
    """The settings of the database file as a connection of Parley's has them."""
    from bot.store.store import open_engine

    engine = open_engine(f"sqlite:///{path}")
    raw: Any = engine.raw_connection()
    try:
        names = ("journal_mode", "synchronous", "secure_delete", "cache_size", "page_size")
        return {n: raw.execute(f"PRAGMA {n}").fetchone()[0] for n in names}
    finally:
        raw.close()
        engine.dispose()


def bare(path: Path) -> sqlite3.Connection:
    """A bare connection with the pragmas of Parley's own (`bot.store.store.open_engine`)."""
    conn = sqlite3.connect(path, isolation_level=None, timeout=5)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=FAST", "cache_size=-16000"):
        conn.execute(f"PRAGMA {pragma}")
    return conn


def raw_commits(path: Path, seconds: float = 1.5) -> tuple[float, float]:
    """(one-row commits a second, 99th percentile in ms) of bare sqlite3 on this very file, synchronous=FULL."""
    conn = bare(path)
    conn.execute("CREATE TABLE IF NOT EXISTS bench_row (n INTEGER PRIMARY KEY, body BLOB)")
    body, took, began = b"x" * 120, list[float](), perf_counter()
    while (at := perf_counter()) - began < seconds:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("INSERT INTO bench_row (body) VALUES (?)", (body,))
        conn.execute("COMMIT")
        took.append(perf_counter() - at)
    spent = perf_counter() - began
    conn.close()
    return len(took) / spent, percentile(took, 99) * 1000


@dataclass(frozen=True, slots=True)
class Commits:
    """The bare baseline, taken before and after a measurement: a machine with others on it changes in between."""

    rate: float  # one-row commits a second
    slowest: float  # 99th percentile, ms
    noisy: bool = False

    @classmethod
    def now(cls, path: Path) -> "Commits":
        return cls(*raw_commits(path))

    def and_after(self, path: Path) -> "Commits":
        """The mean with the baseline of now; `noisy` when the two differ by more than a quarter."""
        after = Commits.now(path)
        noisy = max(self.rate, after.rate) > (1 + MOST_NOISE) * min(self.rate, after.rate)
        return Commits((self.rate + after.rate) / 2, (self.slowest + after.slowest) / 2, noisy)


def percentile(values: list[float], p: float) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * p / 100))]


def parley(home: Path) -> tuple[App, Cast]:
    """A whole Parley in `home`, with a hiring team and a requisition for a shipped kit. Not started."""
    log.configure("error")
    app = build(Settings(home=home, public_url="", host="127.0.0.1", openai_base_url=""))
    kit = KitLibrary().load(KIT)
    return app, app.store.commit_now(lambda tx: set_stage(app, tx, kit))


def invite(app: App, tx: Tx, cast: Cast, name: str) -> dict[str, str]:
    """Invite one candidate, as a recruiter does: {"thread", "session", "person", "interview"}."""
    requisition = hiring.get_requisition(tx, app.tenant_id, cast.requisition_id)
    at = app.clock.now()
    interview_id, _ = hiring.invite(tx, app.keys, app.ids, requisition, name, at, app.settings.invite_days)
    interview = hiring.get_interview(tx, app.tenant_id, interview_id)
    person = interview["candidate_id"]
    thread = people.thread_of(tx, app.tenant_id, person)
    row = tx.one(Thread, tenant_id=app.tenant_id, id=thread)
    assert row is not None
    scene = Scene(tx, app.keys, app.ids, row, at)
    hiring.open_invitation(scene, interview, thread, requisition["channel_id"])
    session = people.open_session(tx, app.ids, app.tenant_id, person, at)
    return {"thread": thread, "session": session, "person": person, "interview": interview_id}
