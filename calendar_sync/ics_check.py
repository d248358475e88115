"""`parley check ics`: every calendar file of a folder, read for a window, with what is expected of it if that is known.

The facts are in `MANIFEST.json` of the folder, in the format its own `format` entry describes. Without it every .ics file
is read for the window that is given.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import orjson

from calendar_sync.ics import Feed, Reader, blocks, import_feed
from calendar_sync.ics_zones import iana
from calendar_sync.intervals import Interval, clip, merged

_SHOWN = 12
Json = dict[str, Any]


class CheckProblem(ValueError):
    """A folder that can't be checked. The message is a sentence with a remedy."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: what was read, as JSON, and in what it differs from the facts."""

    file: str
    read: Json
    differs: list[str] = field(default_factory=list[str])


def check_folder(folder: Path, lo: datetime, hi: datetime, zone: ZoneInfo) -> list[Checked]:
    """Read all files. `lo`, `hi`, `zone` hold for what no manifest describes. Raises CheckProblem."""
    facts = _facts(folder)
    known = {str(f["file"]) for f in facts}
    facts += [{"file": name} for name in sorted(p.name for p in folder.glob("*.ics")) if name not in known]
    if not facts:
        raise CheckProblem(f"{folder} has no .ics files. Please name a folder with calendar files.")
    return [_check(folder, one, (lo, hi), zone) for one in facts]


def _facts(folder: Path) -> list[Json]:
    manifest = folder / "MANIFEST.json"
    if not manifest.exists():
        return []
    try:
        facts = cast(list[Json], orjson.loads(manifest.read_bytes())["files"])
        return [f for f in facts if str(f["file"])]
    except (orjson.JSONDecodeError, KeyError, TypeError) as e:
        raise CheckProblem(f"{manifest} is not a manifest of calendar files ({e}).") from None


def _check(folder: Path, fact: Json, window: tuple[datetime, datetime], zone: ZoneInfo) -> Checked:
    name = str(fact["file"])
    if "window" in fact:
        window = (datetime.fromisoformat(fact["window"][0]), datetime.fromisoformat(fact["window"][1]))
    owner = iana(str(fact.get("owner_tz", ""))) or zone
    try:
        data = (folder / name).read_bytes()
    except OSError as e:
        raise CheckProblem(f"{folder / name} can't be read: {e.strerror}.") from None
    lo, hi = (int(w.timestamp()) // 60 for w in window)
    reader = Reader(owner)
    seen = shown(import_feed(data, lo, hi, reader), (lo, hi), reader)
    read: Json = {"file": name, "window": [_iso(lo * 60), _iso(hi * 60)], "owner_tz": owner.key, **seen}
    return Checked(name, read, differences(cast(Json, fact.get("expect", {})), seen))


def shown(feed: Feed, window: Interval, reader: Reader) -> Json:
    """What was read, in the words of the manifest."""
    if feed.error:
        return {"state": feed.state, "error": feed.error, "problems": feed.problems}
    taken = [i for i in feed.instances if blocks(i, reader)]
    union = clip(merged((i.start // 60, -(-i.end // 60)) for i in taken), *window)
    return {
        "state": feed.state,
        "occurrences": len(feed.instances),
        "blocking": len(taken),
        "busy_minutes": sum(b - a for a, b in union),
        "first": [[_iso(i.start), _iso(i.end), i.all_day, i.transp, i.status] for i in feed.instances[:_SHOWN]],
        "unknown_zones": feed.unknown_zones,
        "problems": feed.problems,
        "blocked": [[_iso(a * 60), _iso(b * 60)] for a, b in feed.blocked],
    }


def differences(expect: Json, seen: Json) -> list[str]:
    """In what `seen` differs from the expectation. A field that nobody knows how to judge is a difference too."""
    wrong: list[str] = []
    for key, wanted in expect.items():
        if key == "no_crash":
            continue
        if key in ("problems_min", "occurrences_min"):
            have = seen.get(key.removesuffix("_min"), 0)
            have = len(cast(list[str], have)) if isinstance(have, list) else have
            right = have >= wanted
        else:
            have = seen.get(key)
            right = key in seen and have == wanted
        if not right:
            wrong.append(f"{key}: expected {wanted}, got {have}")
    return wrong


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
