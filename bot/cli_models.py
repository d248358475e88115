"""`parley models ...`: the speech models that listen to recordings: list, pull, check."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.settings import Settings, SettingsProblem
from bot.speech.models import NAMES, ModelProblem, check, fetched, find

app = typer.Typer(no_args_is_help=True)
out, err = Console(), Console(stderr=True)
# What they weigh as files, and what they are for.
_ABOUT = {
    "tiny": ("75 MB", "for trying out: quick, and often wrong"),
    "base": ("145 MB", "quick; clear speech in a quiet room"),
    "small": ("485 MB", "a good choice for most teams"),
    "medium": ("1.5 GB", "better with accents and noise; slow without many processors"),
    "large-v3": ("3.1 GB", "the best; for a machine with many processors"),
}
_HUB = "https://huggingface.co"


def for_demo(home: Path) -> str:
    """What a demo in the folder `home` listens with: a model that the environment names may be in the usual data folder.

    Raises `ModelProblem` where it is in neither. As for the rest of a demo, no settings file is read.
    """
    settings = Settings()
    name = settings.speech_model
    if not name or (home / settings.models.name / name).is_dir():
        return name
    model = find(name, settings.models)
    return str(model.folder) if model else ""


def _stop(problem: Exception) -> typer.Exit:
    err.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


@app.command(name="list")
def list_() -> None:
    """Which models there are, and which of them are here."""
    try:
        settings = Settings.load()
    except SettingsProblem as problem:
        raise _stop(problem) from None
    here = {m.name for m in fetched(settings.models)}
    table = Table(box=None)
    for column in ("", "Model", "Size", "Good for"):
        table.add_column(column)
    for name in (*NAMES, *sorted(here - set(NAMES))):
        size, about = _ABOUT.get(name.removesuffix(".en"), ("", "put there by hand"))
        english = ", English alone" if name.endswith(".en") else ""
        table.add_row("here" if name in here else "", name, size, about + english)
    out.print(table)
    out.print("To fetch one: parley models pull NAME", highlight=False)


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="Which model, such as base.")],
    base: Annotated[str, typer.Option("--from", help="The address of a mirror of the hub.")] = _HUB,
) -> None:
    """Fetch a model into the data folder, with its checksums; an interrupted one goes on where it stopped."""
    from bot.speech import pull as pulling  # its HTTP client is not for every start

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    try:
        settings = Settings.load()
        with Progress(*columns, console=err, transient=True) as progress:
            task = progress.add_task(f"Fetching {name}", total=None)
            folder = pulling.pull(
                name, settings.models, base, lambda done, total: progress.update(task, completed=done, total=total)
            )
        chosen = find(settings.speech_model, settings.models)
    except (ModelProblem, SettingsProblem) as problem:
        raise _stop(problem) from None
    out.print(f"{name} is in {folder}.", soft_wrap=True, highlight=False)
    if chosen is None or chosen.folder != folder:
        out.print(f"To use it, set PARLEY_SPEECH_MODEL={name}.", highlight=False)
    out.print("It listens from the next start of the server on.", highlight=False)


@app.command(name="check")
def check_() -> None:
    """Are the models here whole, and as they were fetched?"""
    from bot.speech import pull as pulling

    try:
        settings = Settings.load()
        chosen = find(settings.speech_model, settings.models)
    except (ModelProblem, SettingsProblem) as problem:
        raise _stop(problem) from None
    folders = [p for p in sorted(settings.models.glob("*")) if p.is_dir() and not p.name.startswith(".")]
    wrong = 0
    if chosen is not None and chosen.folder not in folders:
        folders.append(chosen.folder)
    for folder in folders:
        try:
            check(folder)
            bad = pulling.damaged(folder)
        except ModelProblem as problem:
            wrong += 1
            err.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
            continue
        wrong += bool(bad)
        note = (
            f"damaged: {', '.join(bad)}. Fetch it again."
            if bad
            else "whole"
            if bad == []
            else "whole, put there by hand"
        )
        used = ", listens to recordings" if chosen and chosen.folder == folder else ""
        out.print(f"{folder.name}: {note}{used}", soft_wrap=True, highlight=False, markup=False)
    if not folders:
        out.print("There is no speech model here, so answers are written. To fetch one: parley models pull base")
    raise typer.Exit(1 if wrong else 0)
