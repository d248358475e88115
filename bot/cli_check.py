"""`parley check`: run files of facts against the scheduling engine, without a database or a network."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from bot.clock import SystemClock

app = typer.Typer(no_args_is_help=True)
out, err = Console(), Console(stderr=True)


@app.command()
def slots(
    file: Annotated[Path, typer.Argument(help="A file of cases, such as slots.json.")],
) -> None:
    """Run every case of a file through the slot engine: a line a case. Exit status 0 when all of them pass."""
    # Imported only here: every other command starts without the engine and its libraries.
    from calendar_sync.cases import CaseFileProblem, check_file

    try:
        results = check_file(file)
    except CaseFileProblem as problem:
        err.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for case_id, differences in results:
        line = f"ok    {case_id}" if not differences else f"FAIL  {case_id}  {'; '.join(differences)}"
        out.print(line, style="" if not differences else "red", markup=False, highlight=False, soft_wrap=True)
    failed = sum(bool(d) for _, d in results)
    out.print(f"{len(results)} cases, {failed} failed.", highlight=False)
    raise typer.Exit(1 if failed else 0)


_DAYS = 60
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For files that no manifest describes.")]


@app.command()
def ics(
    folder: Annotated[Path, typer.Argument(help="A folder of .ics files, with or without a MANIFEST.json.")],
    since: _Day = None,
    until: _Day = None,
    zone: Annotated[str, typer.Option(help="Their owner's time zone, likewise.")] = "UTC",
) -> None:
    """Read every calendar of a folder: what occurs in a window, or what is unknown and why. One JSON list.

    The window is the manifest's, else from --since (today) until --until (60 days later). With a manifest each file is
    compared with its facts. Exit status 0 when nothing differs.
    """
    from calendar_sync.ics_check import CheckProblem, check_folder
    from calendar_sync.ics_zones import iana

    try:
        owner = iana(zone)
        if owner is None:
            raise CheckProblem(f"{zone!r} is not a time zone. Please use a name like Europe/Berlin.")
        lo = since.replace(tzinfo=UTC) if since else _today()
        hi = until.replace(tzinfo=UTC) if until else lo + timedelta(days=_DAYS)
        checked = check_folder(folder, lo, hi, owner)
    except CheckProblem as problem:
        err.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    lines = (orjson.dumps(c.read | {"differs": c.differs}).decode() for c in checked)
    typer.echo("[\n" + ",\n".join(lines) + "\n]")
    wrong = sum(bool(c.differs) for c in checked)
    err.print(f"{len(checked)} files, {wrong} differ from their facts.", highlight=False)
    raise typer.Exit(1 if wrong else 0)


def _today() -> datetime:
    return datetime.fromtimestamp(SystemClock().now() // 86_400_000 * 86_400, UTC)
