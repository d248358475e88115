"""`parley doctor`: looks at an installation and says what is good, what is missing and what to do.

It changes nothing and creates no file. Everything is returned as values; the command line paints them.
"""

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from bot import backup, vault
from bot.clock import Clock, SystemClock
from bot.doctor_calendars import calendars
from bot.doctor_embeddings import embeddings
from bot.doctor_net import model, port, postgres, version
from bot.doctor_platforms import platforms
from bot.doctor_speech import speech
from bot.findings import Finding, bad, exit_status, good, reason, warn
from bot.settings import Settings, SettingsProblem, settings_file

__all__ = ["Finding", "database", "examine", "exit_status"]

_MIB = 1024 * 1024
_WARN_BYTES, _BAD_BYTES = 1024 * _MIB, 100 * _MIB


def examine(
    settings: Settings | SettingsProblem,
    head: str,
    kit_check: Callable[[], list[Finding]],
    clock: Clock | None = None,
) -> list[Finding]:
    """Everything there is to say about this installation.

    `settings`: what `Settings.load()` returned or raised. `head`: the version of the tables that this Parley
    needs. `kit_check`: what to say about the kits. Asks the network (port, platforms, model, PostgreSQL) for a few
    seconds at most.
    """
    clock = clock or SystemClock()
    found = [_python(), _zones(clock)]
    if isinstance(settings, SettingsProblem):
        return found + [_from_sentence(p) for p in settings.problems] + kit_check()
    home = _home(settings.home)
    found += [*_settings(settings), home, _space(settings.home)]
    if home.level == "bad":
        # What is inside cannot be looked at; one sentence with one remedy is enough.
        chats = platforms(settings, clock.now(), running=False)
        return [*found, port(settings), *kit_check(), *chats, model(settings), *embeddings(settings)]
    found.append(_key(settings))
    found.append(postgres(settings.database_url, head) if settings.database_url else database(settings, head))
    running = backup.in_use(settings.home)
    found.append(good("A server is running on this data folder.") if running else port(settings))
    chats = platforms(settings, clock.now(), running=running)
    return [
        *found,
        *kit_check(),
        *chats,
        *calendars(settings),
        *speech(settings),
        model(settings),
        *embeddings(settings),
    ]


def database(settings: Settings, head: str) -> Finding:
    """The SQLite file: there, undamaged and of the right version. Bad: it must not be opened, nor replaced.

    `parley serve` asks this before it opens the database, so that a damaged or lost one never turns into a new
    empty one.
    """
    path = settings.database_path
    if not path.exists():
        if last := backup.newest(settings.backups):
            return bad(f"The database {path} is gone, but there is a backup.", _how_to_restore(last))
        return warn("There is no database yet.", "Run: parley migrate")
    if problem := backup.damage(path):
        last = backup.newest(settings.backups)
        if last is None:
            remedy = f"Put a copy of it in the place of {path}; there is no backup in {settings.backups}."
            return bad(f"The database cannot be used: {problem}", f"{remedy} Keep the damaged file.")
        return bad(f"The database cannot be used: {problem}", _how_to_restore(last))
    try:
        with closing(backup.read_only(path)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return version(None, head)
    return version(str(row[0]) if row else None, head)


def _how_to_restore(last: Path) -> str:
    return f"Run: parley restore. It puts back {last.name} and keeps the present file beside it."


def _from_sentence(problem: str) -> Finding:
    """A settings problem is one sentence of what and one or more of what to do."""
    what, _, remedy = problem.partition(". ")
    return bad(what.rstrip(".") + ".", remedy)


def _python() -> Finding:
    here = ".".join(map(str, sys.version_info[:3]))
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        return bad(f"This is Python {here}.", "Parley needs Python 3.11, 3.12 or 3.13.")
    return good(f"Python {here}.")


def _zones(clock: Clock) -> Finding:
    """Time zone rules change several times a year; old ones book people at the wrong hour."""
    try:
        release = metadata.version("tzdata")
    except metadata.PackageNotFoundError:
        return bad("The time zones are missing.", "Install Parley's requirements again.")
    age = datetime.fromtimestamp(clock.now() / 1000, UTC).year - int(release.split(".")[0])
    if age > 1:
        return warn(f"The time zones are of {release}, {age} years old.", "Update the package tzdata.")
    return good(f"The time zones are of {release}.")


def _settings(settings: Settings) -> list[Finding]:
    found: list[Finding] = []
    file = settings_file()
    if file and os.path.isfile(file) and stat.S_IMODE(file.stat().st_mode) & 0o077:
        found.append(warn(f"Other users of this machine can read {file}.", f"Run: chmod 600 {file}"))
    missing = {
        "PARLEY_PUBLIC_URL": "links in invitations lead to this machine only" if not settings.public_url else "",
        "PARLEY_CONTACT": "candidates are not told whom to ask" if not settings.contact else "",
        "PARLEY_COMPANY": "invitations do not say who invites" if "company" not in settings.model_fields_set else "",
    }
    found += [warn(f"{name} is not set: {effect}.", f"Set {name}.") for name, effect in missing.items() if effect]
    return found or [good("The settings are complete.")]


def _home(home: Path) -> Finding:
    if not home.exists():
        above = _existing(home)
        if not os.access(above, os.W_OK | os.X_OK):
            return bad(f"The data folder {home} cannot be made in {above}.", "Set PARLEY_HOME to a folder of yours.")
        return warn(f"The data folder {home} is not there yet.", "Run: parley migrate")
    if not home.is_dir():
        return bad(f"{home} is a file, not a folder.", "Set PARLEY_HOME to a folder.")
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return bad(f"The data folder {home} cannot be written to.", f"Make yourself its owner: chown -R $USER {home}")
    if stat.S_IMODE(home.stat().st_mode) & 0o077:
        return warn(f"Other users of this machine can look into {home}.", f"Run: chmod 700 {home}")
    return good(f"The data folder {home} can be used.")


def _space(home: Path) -> Finding:
    try:
        free = shutil.disk_usage(_existing(home)).free
    except OSError as error:
        return bad(f"The disk of {home} cannot be asked for its space ({reason(error)}).", "Check that it is there.")
    return space(free, home)


def space(free: int, home: Path) -> Finding:
    """What `free` bytes on the disk of `home` mean."""
    what = f"{free // _MIB} MiB are free on the disk of {home}."
    if free < _BAD_BYTES:
        return bad(what, "Free some space now: nothing can be stored on a full disk.")
    return warn(what, "Free some space soon.") if free < _WARN_BYTES else good(what)


def _key(settings: Settings) -> Finding:
    path = vault.key_file(settings.home)
    if settings.master_key is not None:
        return good("The master key comes from the environment.")
    if not path.exists():
        if settings.database_path.exists():
            return bad(f"The master key {path} is missing; without it the database cannot be read.", "Put it back.")
        return warn("There is no master key yet.", "The first `parley serve` makes one; keep a copy elsewhere.")
    try:
        vault.read_key(path)
    except vault.KeyProblem as problem:
        return _from_sentence(str(problem))
    return good("The master key can be read by you alone.")


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(p for p in (path, *path.parents) if p.exists())
