"""Fetching a speech model from a hub, so that it is there whole or not at all.

The hub's list of files says how large each is and its checksum: SHA-256 of large ones, the git blob hash of small ones. What
was interrupted goes on where it stopped.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx

from bot.speech.models import NAMES, NEEDED, OPTIONAL, RECORD, VOCABULARIES, ModelProblem, check

HUB = "https://huggingface.co"
_OWNER = "Systran/faster-whisper-"
_TRIES = 4
_SECONDS = 60.0
_PIECE = 1 << 20
_WANTED = {*NEEDED, *VOCABULARIES, *OPTIONAL}
Seen = Callable[[int, int], None]  # bytes that are there, and of how many


@dataclass(frozen=True, slots=True)
class File:
    """One file of a model. sha256: of its content, "" where the hub names its git blob hash (`sha1`) alone."""

    name: str
    size: int
    sha256: str
    sha1: str

    def fits(self, path: Path) -> bool:
        """Is this what lies there?"""
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        digest = hashlib.sha256() if self.sha256 else hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest() == (self.sha256 or self.sha1)


def pull(name: str, models: Path, base: str = HUB, seen: Seen = lambda done, total: None) -> Path:
    """Fetch a model into `models`; its folder. One that is there and whole is left alone. Raises `ModelProblem`."""
    if name not in NAMES:
        raise ModelProblem(f"There is no speech model {name}. There are: {', '.join(NAMES)}.")
    folder, coming = models / name, models / f".{name}.part"
    if folder.is_dir() and damaged(folder) == []:
        return folder
    try:
        coming.mkdir(parents=True, exist_ok=True)
        with httpx.Client(timeout=_SECONDS, follow_redirects=True, headers={"Accept-Encoding": "identity"}) as http:
            files = _files(http, base.rstrip("/"), name)
            _room(models, sum(f.size for f in files) - sum(p.stat().st_size for p in coming.iterdir()))
            done, total = 0, sum(f.size for f in files)
            for file in files:
                for size in _fetch(http, f"{base.rstrip('/')}/{_OWNER}{name}/resolve/main/{file.name}", file, coming):
                    seen(done + size, total)
                done += file.size
        _finish(folder, coming, files)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise ModelProblem(f"The speech model can't be written to {models} ({reason}).") from None
    return folder


def damaged(folder: Path) -> list[str] | None:
    """The files of a fetched model that aren't (any longer) what was fetched; None where that can't be told, since it was
    put there by hand."""
    try:
        known = cast("list[dict[str, Any]]", json.loads((folder / RECORD).read_bytes()))
        return [f.name for f in (File(**k) for k in known) if not f.fits(folder / f.name)]
    except (OSError, ValueError, TypeError):
        return None


def _files(http: httpx.Client, base: str, name: str) -> list[File]:
    """What the hub has of a model."""
    repository = _OWNER + name
    try:
        answer = http.get(f"{base}/api/models/{repository}/tree/main")
        if answer.status_code == 404:
            raise ModelProblem(f"{base} has no speech model {repository}. Check the address, or leave --from out.")
        answer.raise_for_status()
        listed = cast("list[dict[str, Any]]", answer.json())
        files = [_file(entry) for entry in listed if entry["path"] in _WANTED]
    except httpx.HTTPStatusError as problem:
        raise ModelProblem(f"{base} answers with status {problem.response.status_code}. Try again later.") from None
    except httpx.HTTPError as problem:
        raise ModelProblem(
            f"{base} can't be reached ({type(problem).__name__}). Check the network, or name a mirror with --from."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ModelProblem(f"{base} doesn't answer like a hub of models. Check the address.") from None
    missing = [n for n in NEEDED if n not in {f.name for f in files}]
    if missing or not any(f.name in VOCABULARIES for f in files):
        raise ModelProblem(f"What {base} has of {repository} is no whole model. Name another place with --from.")
    return sorted(files, key=lambda f: f.size)


def _file(entry: dict[str, Any]) -> File:
    large = cast("dict[str, Any]", entry.get("lfs") or {})
    return File(str(entry["path"]), int(entry["size"]), str(large.get("oid", "")), str(entry["oid"]))


def _fetch(http: httpx.Client, url: str, file: File, coming: Path) -> Iterator[int]:
    """Fetch one file, going on where an earlier try stopped; yields how much of it is there."""
    path, problem = coming / file.name, ""
    for _ in range(_TRIES):
        if file.fits(path):
            yield file.size
            return
        have = path.stat().st_size if path.exists() else 0
        if have >= file.size:
            path.unlink()  # whole, and not what it should be
            have = 0
        try:
            yield from _rest(http, url, file, path, have)
            problem = "its checksum is wrong"
        except httpx.HTTPStatusError as answer:
            problem = f"status {answer.response.status_code}"
            if answer.response.status_code in (401, 403, 404):
                break
        except httpx.HTTPError as broken:
            problem = type(broken).__name__
    if file.fits(path):
        yield file.size
        return
    if problem == "its checksum is wrong":
        path.unlink(missing_ok=True)
        raise ModelProblem(
            f"{file.name} came damaged from {url}: {problem}. Try again, or name another place with --from."
        )
    raise ModelProblem(
        f"{file.name} could not be fetched ({problem}). Run the same command again: it goes on from there."
    )


def _rest(http: httpx.Client, url: str, file: File, path: Path, have: int) -> Iterator[int]:
    headers = {"Range": f"bytes={have}-"} if have else {}
    with http.stream("GET", url, headers=headers) as answer:
        answer.raise_for_status()
        if answer.status_code != 206:
            have = 0  # it sends all of it once more
        with path.open("ab" if have else "wb") as out:
            for piece in answer.iter_raw():  # as it comes: what were gathered would be lost when the line breaks
                have += len(piece)
                if have > file.size:
                    return  # longer than it should be: its checksum will tell
                out.write(piece)
                yield have


def _room(models: Path, needed: int) -> None:
    free = shutil.disk_usage(models).free
    if needed > free:
        raise ModelProblem(
            f"There are {free // 1_000_000} MB free in {models}, and {needed // 1_000_000} MB are needed. "
            "Make room, or choose a smaller model."
        )


def _finish(folder: Path, coming: Path, files: list[File]) -> None:
    """All of it takes its place at once."""
    known = [{"name": f.name, "size": f.size, "sha256": f.sha256, "sha1": f.sha1} for f in files]
    for other in coming.iterdir():
        if other.name not in {f.name for f in files}:
            other.unlink()
    (coming / RECORD).write_text(json.dumps(known, indent=1))
    check(coming)
    aside = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        os.replace(folder, aside)
    os.replace(coming, folder)
    shutil.rmtree(aside, ignore_errors=True)
