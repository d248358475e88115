"""`parley calibrate`: measure a scorer on the team's own double ratings, on a file of graded answers, or under attack."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from bot import settings as settings_
from bot.app import build
from bot.calibration import attack as attack_
from bot.calibration import figures, files, graded_bench, metamorphic, models, own, tables
from bot.calibration.files import CalibrationProblem
from bot.painting import paint
from bot.settings import Settings
from flows.rating.topic import Near

out, err = Console(highlight=False), Console(stderr=True)
Report = Callable[[int, int], None]


def calibrate(
    bench: Annotated[
        Path | None, typer.Option(help="Graded answers, or tests of an interview judge (JSON lines).")
    ] = None,
    attack: Annotated[Path | None, typer.Option(help="Strings that try to move a score (JSON lines).")] = None,
    base_url: Annotated[str, typer.Option(help="An OpenAI-compatible server to measure; without it: matching.")] = "",
    model: Annotated[str, typer.Option(help="The model of that server.")] = "",
    api_key_env: Annotated[str, typer.Option(help="The environment variable that holds its key.")] = "OPENAI_API_KEY",
    embeddings: Annotated[str, typer.Option(help="A folder of sentence embeddings for matching (MiniLM).")] = "",
    rubrics: Annotated[Path | None, typer.Option(help="The interviews with the rubrics of a judge's tests.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many answers, tests or weak answers of each kind.")] = 0,
    samples: Annotated[int, typer.Option(min=1, max=5, help="Readings per level under attack.")] = 1,
    seed: Annotated[int, typer.Option(help="Where the draws begin; the same seed gives the same figures.")] = 0,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where to write the whole report as JSON.")] = None,
) -> None:
    """How far can a scorer be trusted? Without a file: measured on your own team's double ratings.

    Exit status 1 when an attack or a model misses a gate, or when there is too little to measure.
    """
    if bench is not None and attack is not None:
        raise CalibrationProblem("Choose one of --bench and --attack.")
    if bool(base_url) != bool(model):
        raise CalibrationProblem("A model needs both --base-url and --model.")
    if attack is not None and base_url:
        raise CalibrationProblem("An attack runs against built-in stub models; leave --base-url out.")
    key = settings_.variable(api_key_env)
    if attack is not None:
        good, report = _attack(attack, limit, samples)
    elif bench is not None:
        good, report = _bench(bench, rubrics, (base_url, model, key), models.embeddings(embeddings), limit, seed)
    else:
        good, report = _own(seed)
    if out_file is not None:
        _write(out_file, report)
    raise typer.Exit(0 if good else 1)


def _write(path: Path, report: dict[str, Any]) -> None:
    try:
        path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise CalibrationProblem(f"{path} cannot be written ({reason}). Check the folder.") from None
    out.print(f"The whole report: {path}", soft_wrap=True, markup=False)


@contextmanager
def _progress(what: str) -> Generator[Report]:
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _attack(path: Path, limit: int, samples: int) -> tuple[bool, dict[str, Any]]:
    found = attack_.payloads(path, files.read_lines(path))
    with _progress("Attacking") as report:
        result = asyncio.run(attack_.attack(found, answers=limit, samples=samples, report=report))
    paint(tables.attack(result), out)
    return result.good, result.to_json()


def _bench(
    path: Path, rubrics: Path | None, server: tuple[str, str, str], near: Near | None, limit: int, seed: int
) -> tuple[bool, dict[str, Any]]:
    rows = files.read_lines(path)

    async def run(report: Report) -> graded_bench.GradedReport | metamorphic.MetamorphicReport:
        async with models.scorer(*server, seed, near) as scorer:
            if metamorphic.is_metamorphic(rows):
                known = metamorphic.rubrics_of(files.read_lines(rubrics or metamorphic.rubric_file(path)))
                return await metamorphic.bench(rows, known, scorer, limit=limit, report=report)
            answers = files.graded(path, rows)
            return await graded_bench.bench(answers, scorer, seed=seed, limit=limit, report=report)

    with _progress("Measuring") as report:
        result = asyncio.run(run(report))
    shown = tables.graded(result) if isinstance(result, graded_bench.GradedReport) else tables.suites(result)
    paint(shown, out)
    # The evidence map gives no levels of its own: its figures are told, and no gate is asked of it.
    gates = () if isinstance(result, graded_bench.GradedReport) or not server[0] else result.gates
    return all(g.good for g in gates), result.to_json()


def _own(seed: int) -> tuple[bool, dict[str, Any]]:
    loaded = Settings.load()
    parley = build(loaded.alone(), migrate=False)
    near = models.embeddings(loaded.embeddings_folder)
    rated = parley.store.read_now(lambda tx: own.collect(tx, parley.keys, parley.tenant_id, near))
    if not rated:
        raise CalibrationProblem(
            f"There is nothing to measure yet. {figures.NEEDED} answers are needed that two people have rated before their "
            "scorecards were opened."
        )
    measured: list[figures.Figures] = []
    with _progress("Measuring") as report:
        for done, (unit, answers) in enumerate(rated.items()):
            report(done, len(rated))
            measured.append(figures.figures(unit, answers, seed))
    at = parley.clock.now()
    kept = parley.store.commit_now(lambda tx: figures.keep(tx, parley.tenant_id, measured, at))
    paint(tables.own(measured, kept), out)
    return kept > 0, {"form": "own", "seed": seed, "units": [f.to_json() for f in measured]}
