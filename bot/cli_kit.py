"""`parley kit ...`: lint, new, schema, rules, show and rehearse. Prints plain sentences; exit status 1 on errors."""

import asyncio
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from bot import settings
from bot.calibration.files import CalibrationProblem
from bot.calibration.models import reached
from bot.calibration.rehearsal import Rehearsal, rehearse_with
from bot.calibration.rehearsal import rehearse as rehearse_kit
from bot.calibration.tables import rehearsal as rehearsal_sheets
from bot.kits import SCHEMA_NAME, SHIPPED, KitLibrary, KitProblem, check_file, load_file, new_kit, schema_text
from bot.painting import paint
from flows.kits.model import Competency, Kit, Question
from flows.kits.problems import reference
from flows.kits.source import Located

app = typer.Typer(help="Work on interview kits.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--folder", help="The folder of the kits.")]


def _out() -> Console:
    # soft_wrap: a problem stays one line, so that editors and grep can follow "file:line:".
    return Console(soft_wrap=True, highlight=False)


def _say(problem: Located) -> None:
    colour = "red" if problem.severity == "error" else "yellow"
    place = f"{problem.source}:{problem.line}:"
    words = f"{problem.message} {problem.remedy}".rstrip()
    note = "" if problem.severity == "error" else "Advice: "
    _out().print(f"[bold {colour}]{escape(place)}[/] {note}{escape(words)}")


def _stop(message: str) -> typer.Exit:
    Console(soft_wrap=True, highlight=False, stderr=True).print(escape(message), style="red")
    return typer.Exit(1)


@app.command()
def lint(
    files: Annotated[list[Path] | None, typer.Argument(help="Kit files; without any, all in the folder.")] = None,
    folder: Folder = SHIPPED,
) -> None:
    """Check kits against every rule. Exit status 1 when one has errors."""
    paths = files or KitLibrary(folder).files()
    if not paths:
        raise _stop(f"There is no kit in {folder}. Start one with: parley kit new NAME.")
    errors = warnings = 0
    for path in paths:
        for problem in check_file(path)[1]:
            _say(problem)
            errors += problem.severity == "error"
            warnings += problem.severity == "warning"
    _out().print(f"Checked {_count(len(paths), 'kit')}: {_count(errors, 'error')}, {_count(warnings, 'warning')}.")
    if errors:
        raise typer.Exit(1)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The name of the kit, for example night-porter.")],
    title: Annotated[str, typer.Option(help="The name of the role; made from NAME when left out.")] = "",
    folder: Folder = SHIPPED,
) -> None:
    """Write a commented starter kit."""
    path = folder / f"{name.removesuffix('.yaml')}.yaml"
    if path.parent != folder:
        raise _stop(f'"{name}" is not a name. Give a name such as night-porter, and the place with --folder.')
    try:
        new_kit(path, title or path.stem.replace("-", " ").capitalize())
    except KitProblem as problem:
        raise _stop(str(problem)) from None
    _out().print(f"Written: {escape(str(path))}. Edit it, then check it with: parley kit lint {escape(str(path))}")


@app.command()
def schema(
    write: Annotated[bool, typer.Option("--write", help="Write it beside the kits instead of printing it.")] = False,
    folder: Folder = SHIPPED,
) -> None:
    """Print the JSON Schema that editors use to complete a kit, or write it."""
    if not write:
        typer.echo(schema_text(), nl=False)
        return
    path = folder / SCHEMA_NAME
    try:
        path.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise _stop(f"{path} cannot be written ({reason}). Check the folder.") from None
    _out().print(f"Written: {escape(str(path))}")


@app.command()
def rules() -> None:
    """Print the reference page of the lint rules, as Markdown."""
    typer.echo(reference(), nl=False)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The name of a kit, or a kit file.")],
    folder: Folder = SHIPPED,
) -> None:
    """Show a kit the way a hiring team reads it."""
    try:
        kit = load_file(Path(name)) if name.endswith(".yaml") else KitLibrary(folder).load(name)
    except KitProblem as problem:
        raise _stop(str(problem)) from None
    _show(kit, Console(highlight=False))


@app.command()
def rehearse(
    name: Annotated[str, typer.Argument(help="The name of a kit, or a kit file.")],
    folder: Folder = SHIPPED,
    base_url: Annotated[str, typer.Option(help="An OpenAI-compatible server whose model reads along.")] = "",
    model: Annotated[str, typer.Option(help="The model of that server.")] = "",
    api_key_env: Annotated[str, typer.Option(help="The environment variable that holds its key.")] = "OPENAI_API_KEY",
    out_file: Annotated[Path | None, typer.Option("--out", help="Where to write the report as JSON.")] = None,
) -> None:
    """Let six synthetic candidates answer a kit: can it tell strong from vague? Exit status 1 when it should be changed."""
    if bool(base_url) != bool(model):
        raise _stop("A model needs both --base-url and --model.")
    try:
        report = _rehearsed(_to_rehearse(name, folder), base_url, model, settings.variable(api_key_env))
    except (KitProblem, CalibrationProblem) as problem:
        raise _stop(str(problem)) from None
    paint(rehearsal_sheets(report), Console(highlight=False))
    if out_file is not None:
        try:
            out_file.write_bytes(orjson.dumps(report.to_json(), option=orjson.OPT_INDENT_2) + b"\n")
        except OSError as error:
            raise _stop(f"{out_file} cannot be written ({(error.strerror or 'unknown reason').lower()}).") from None
    raise typer.Exit(0 if report.good else 1)


def _to_rehearse(name: str, folder: Path) -> Kit:
    """A kit that only breaks rules of lint can be rehearsed: each of them is one of the findings."""
    library = KitLibrary(folder)
    known = name.endswith(".yaml") or name in library.names()
    path = Path(name) if name.endswith(".yaml") else folder / f"{name}.yaml"
    kit = check_file(path)[0] if known else None
    if kit is None:
        return load_file(path) if known else library.load(name)  # raises what is wrong
    return kit


def _rehearsed(kit: Kit, base_url: str, model: str, key: str) -> Rehearsal:
    if not base_url:
        return rehearse_kit(kit)

    async def run() -> Rehearsal:
        async with reached(base_url, model, key) as assessor:
            return await rehearse_with(kit, assessor, model)

    return asyncio.run(run())


def _show(kit: Kit, out: Console) -> None:
    about = f"{kit.role}\n\nversion {kit.version}, about {kit.minutes} minutes, {', '.join(kit.languages)}"
    out.print(Panel(escape(about.strip()), title=escape(kit.title), title_align="left"))
    for name, competency in kit.competencies.items():
        out.print(_competency(name, competency))
    if kit.warm_up:
        out.print(f"\n[bold]Warm-up[/] (never scored): {escape(kit.warm_up.ask)}")
    for number, question in enumerate(kit.questions, start=1):
        out.print(f"\n[bold]{number}. {escape(question.ask)}[/]")
        out.print(escape(_about(question, kit)), style="dim")
        for indicator, probe in question.probes.items():
            out.print(f"   [dim]{escape(indicator)}:[/] {escape(probe)}")
    if kit.facts:
        out.print("\n[bold]What Parley may say about the role[/]")
        for fact in kit.facts:
            out.print(f"   [dim]{escape(', '.join(fact.about))}:[/] {escape(fact.say)}")


def _competency(name: str, competency: Competency) -> Table:
    title = f"{competency.title or name}: {competency.weight:.0%}, minimum {competency.minimum}"
    table = Table(title=escape(title), title_justify="left", title_style="bold", show_header=False, expand=True)
    table.add_column(width=16)
    table.add_column(ratio=1)
    for level, text in sorted(competency.anchors.items()):
        table.add_row(str(level), escape(text))
    table.add_section()
    for indicator, value in competency.indicators.items():
        table.add_row(escape(indicator), escape(value.text))
    return table


def _about(question: Question, kit: Kit) -> str:
    shows = ", ".join(kit.competencies[name].title or name for name in question.competencies)
    minutes = f"{question.answer.guide_minutes:g} minutes"
    return f"   {question.purpose}; shows {shows}; {minutes}; {'/'.join(question.answer.modes)}; AI: {question.ai_use}"
