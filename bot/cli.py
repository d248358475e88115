"""The command line. Errors are one plain sentence with a remedy; anything longer than a second shows progress."""

import os
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from bot import backup, cli_calibrate, cli_check, cli_kit, cli_models, doctor, log
from bot.app import App, MissingConversation, build, database_url
from bot.backup import BackupProblem
from bot.cli_setup import command as setup_command
from bot.cli_setup.screen import say
from bot.clock import DemoClock
from bot.findings import Finding, exit_status
from bot.kits import KitLibrary, KitProblem, check_file
from bot.runner.embedded import AlreadyRunning
from bot.settings import Settings, SettingsProblem
from bot.speech.models import ModelProblem
from bot.store import schema
from bot.store.store import StoreUnavailable
from bot.vault import KeyProblem, master_key
from bot.web import demo as sandbox
from bot.web import pages
from bot.web.host import host
from bot.web.room import RoomProblem
from flows.words import demo_en

app = typer.Typer(
    help="Parley, the interview bot that lives where people already talk.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_kit.app, name="kit", help="Interview kits: lint, new, show, schema.")
app.add_typer(cli_models.app, name="models", help="Speech models, which listen to recordings: list, pull, check.")
app.add_typer(cli_check.app, name="check", help="Facts against the scheduling engine: slots, ics.")
out, err = Console(), Console(stderr=True)


class PortProblem(RuntimeError):
    """The address can't be listened on. The message says why and what to do."""


_PROBLEMS = (
    *(SettingsProblem, KeyProblem, KitProblem, BackupProblem),
    *(AlreadyRunning, MissingConversation, schema.SchemaProblem, RoomProblem, PortProblem),
)


@contextmanager
def _plainly(*more: type[Exception]) -> Generator[None]:
    """A problem that we know how to name (or of one of the kinds `more`) ends the command with its sentence and exit
    status 1."""
    try:
        yield
    except (*_PROBLEMS, *more) as problem:
        err.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except StoreUnavailable as problem:
        err.print(f"The database could not be used ({problem}). Run `parley doctor`.", style="red", markup=False)
        raise typer.Exit(1) from None


class _Server(uvicorn.Server):
    """Ends the open streams first: uvicorn would wait for them in vain, and then cut them off with an error."""

    def __init__(self, config: uvicorn.Config, parley: App) -> None:
        super().__init__(config)
        self._parley = parley

    async def shutdown(self, sockets: "list[socket.socket] | None" = None) -> None:
        self._parley.web.hang_up()
        await super().shutdown(sockets)


def _listening(host_: str, port: int) -> socket.socket:
    """A socket that is taken before anything else is begun, so that a taken port is one plain sentence."""
    try:
        return socket.create_server((host_, port))
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise PortProblem(
            f"Parley can't listen on {host_}, port {port} ({reason}). Free that port, or choose another with PARLEY_PORT."
        ) from None


def _run(parley: App, port: int, *extra: Any, ready: str = "", reader: str = "") -> None:
    web = host(parley, *extra, reader=reader)
    config = uvicorn.Config(
        web, parley.settings.host, port, log_config=None, access_log=False, timeout_graceful_shutdown=5
    )
    server = _Server(config, parley)
    parley.check()
    parley.runner.take_lock()
    with _listening(parley.settings.host, port) as sock:
        if ready:
            out.print(ready, soft_wrap=True)  # a wrapped link can't be copied
        server.run([sock])  # on uvloop where it is installed
    if not server.started:
        raise typer.Exit(1)  # what stopped it stands in the log


def _sound(settings: Settings) -> None:
    """Refuse to open a damaged database, instead of making it worse or starting an empty one."""
    finding = doctor.database(settings, schema.head())
    if finding.level == "bad":
        raise schema.SchemaProblem(f"{finding.what} {finding.remedy}")


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The port of the page; 0 picks a free one.")] = 8765,
    kit: Annotated[str, typer.Option(help="The kit to interview with.")] = "customer-support",
    home: Annotated[Path | None, typer.Option(help="Keep the demo's data here instead of a temporary folder.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in your browser.")] = True,
    applicants: Annotated[int, typer.Option(help="Play that many made-up applicants to a shortlist of ten first.")] = 0,
) -> None:
    """Try a whole interview on one page: no account, no key, no network."""
    folder = home or Path(tempfile.mkdtemp(prefix="parley-demo-"))
    if applicants:
        from bot import cli_applicants  # its HTTP client is not for every start
        from bot.player import PlayProblem

        with _plainly(PlayProblem):
            cli_applicants.play(applicants, kit, folder, port, out)
        return
    with _plainly(ModelProblem):
        chosen = KitLibrary().load(kit)
        port = port or _free_port()
        log.configure("warning")
        settings = Settings(
            home=folder,
            port=port,
            speech_model=cli_models.for_demo(folder),
            company=demo_en.COMPANY,
            contact=demo_en.CONTACT,
            time_zone=demo_en.ZONE,
            host="127.0.0.1",
            public_url="",
        )
        clock = DemoClock()
        parley = build(settings.alone(), clock=clock)
        parley.store.read_now(lambda tx: sandbox.catch_up(tx, clock))
        cast = parley.store.commit_now(lambda tx: sandbox.set_stage(parley, tx, chosen))
        router = sandbox.router(parley, cast, clock, pages.asset_version())
        url = f"{settings.base_url}/sandbox"
        if browser and sys.stdout.isatty():
            webbrowser.open(url)
        _run(
            parley,
            port,
            router,
            reader=next(p["session"] for p in cast.people if p["role"] == "recruiter"),
            ready=f"Parley's demo is at [link={url}]{url}[/link]  (Ctrl+C ends it; its data is in {folder})",
        )


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@app.command()
def serve() -> None:
    """Serve the hiring team and its candidates."""
    with _plainly():
        settings = Settings.load()
        log.configure(settings.log_level)
        _sound(settings)
        parley = build(settings)
        link = parley.store.commit_now(lambda tx: _first_room(parley, tx))
        ready = f"Parley is at {settings.base_url}"
        if link:
            ready += f"\nYour own sign-in, as the first recruiter (works once): {settings.base_url}/i/{link}"
        _run(parley, settings.port, ready=ready)


def _first_room(parley: App, tx: object) -> str:
    """On the first start: a hiring channel and a recruiter; the secret of the recruiter's sign-in link."""
    from bot.web.room import first_room

    return first_room(parley, tx)  # pyright: ignore[reportArgumentType]


@app.command()
def member(
    name: Annotated[str, typer.Argument(help="The name to show.")],
    role: Annotated[str, typer.Option(help="recruiter, panelist, observer or admin")] = "panelist",
) -> None:
    """Add a team member, or give a known one a new sign-in link."""
    from bot.web.room import add_member

    with _plainly():
        settings = Settings.load()
        _sound(settings)
        parley = build(settings.alone())
        secret = parley.store.commit_now(lambda tx: add_member(parley, tx, name, role))
        out.print(f"{name} signs in here, once: {settings.base_url}/i/{secret}", soft_wrap=True)


@app.command()
def migrate(
    to: Annotated[str, typer.Option(help="A revision to move to; a lower one takes changes back.")] = "head",
) -> None:
    """Bring the database to this version (`serve` does so by itself)."""
    with _plainly():
        settings = Settings.load()
        _sound(settings)
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        master_key(settings)  # a database without its key is refused later, so a first run makes the key first
        url = database_url(settings)
        if to == "head":
            schema.create_or_upgrade(url)
        else:
            schema.downgrade(url, to)
        out.print(f"The database is at revision {schema.current(url)}.")


@app.command(name="doctor")
def doctor_() -> None:
    """Examine the installation. Exit status: 0 good, 1 half-configured, 2 broken."""
    try:
        settings: Settings | SettingsProblem = Settings.load()
    except SettingsProblem as problem:
        settings = problem
    findings = doctor.examine(settings, schema.head(), _kit_findings)
    say(findings)
    status = exit_status(findings)
    out.print(
        [
            "Everything is in order.",
            "It works; the lines with ! would make it better.",
            "Please mend the lines with ✗ first.",
        ][status]
    )
    raise typer.Exit(status)


app.command(name="calibrate")(_plainly(cli_calibrate.CalibrationProblem)(cli_calibrate.calibrate))
app.command(name="setup")(_plainly(*setup_command.PROBLEMS)(setup_command.setup))


def _kit_findings() -> list[Finding]:
    library = KitLibrary()
    problems = [p for path in library.files() for p in check_file(path)[1] if p.severity == "error"]
    if problems:
        return [
            Finding("bad", f"{len(problems)} problems in the kits, the first: {problems[0]}", "Run `parley kit lint`.")
        ]
    return [Finding("good", f"{len(library.names())} kits are in order.", "")]


@app.command()
def replay(
    conversation: Annotated[str, typer.Argument(help="The id of a conversation (c_...).")],
) -> None:
    """Print the journal of one conversation, and check that it still fits its screenplay."""
    from bot.replay import replay as replay_

    with _plainly():
        settings = Settings.load()
        parley = build(settings.alone(), migrate=False)
        told = parley.store.read_now(lambda tx: replay_(parley, tx, conversation))
        if told is None:
            err.print(f"There is no conversation {conversation} here. Ids begin with c_ and stand in the export.")
            raise typer.Exit(1)
        table = Table("n", "at", "kind", "step", "value", box=None)
        for row in told.rows:
            table.add_row(*row)
        out.print(table)
        out.print(told.verdict, style="green" if told.fits else "red")
        raise typer.Exit(0 if told.fits else 1)


@app.command(name="interview")
def interview_(
    answers: Annotated[Path, typer.Option(help='A file of {"id", "answers": [...]} lines.')],
    out_dir: Annotated[Path, typer.Option("--out", help="Where to write one export per interview.")],
    kit: Annotated[str, typer.Option(help="The kit to interview with: a name or a file.")] = "customer-support",
    limit: Annotated[int, typer.Option(help="Play only the first N.")] = 0,
) -> None:
    """Play recorded answers through the real HTTP interface of a server of its own, and write the exports."""
    from bot.player import PlayProblem, play  # its HTTP client is not for every start

    with _plainly(PlayProblem):
        summary = play(answers, out_dir, kit, limit, err)
        table = Table("interview", "given", "used", "left over", "follow-ups", box=None)
        for row in summary.rows:
            table.add_row(row.id, str(row.given), str(row.used), str(row.left), str(row.follow_ups))
        out.print(table)
        out.print(summary.verdict, style="green" if summary.good else "red")
        raise typer.Exit(0 if summary.good else 1)


@app.command(name="backup")
def backup_() -> None:
    """Copy the database while it is in use, into the folder `backups`."""
    with _plainly():
        settings = Settings.load()
        path = backup.backup(settings.database_path, settings.backups, DemoClock().now())
        out.print(f"Kept as {path}.", soft_wrap=True)


@app.command()
def restore() -> None:
    """Put the newest backup in the place of the database; the present file is moved aside, never deleted."""
    with _plainly():
        settings = Settings.load()
        done = backup.restore(settings.backups, settings.database_path)
        out.print(f"{done.backup} is in place. What was there is kept as {done.aside}.", soft_wrap=True)


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which benchmarks; all of them if none is named.")] = None,
) -> None:
    """Run the benchmarks; one JSON object a line."""
    root = Path(__file__).resolve().parent.parent
    runner = root / "bench" / "run.py"
    if not runner.exists():
        err.print("The benchmarks are part of the source tree and not of this installation.")
        raise typer.Exit(1)
    os.execv(sys.executable, [sys.executable, str(runner), *(names or [])])  # noqa: S606


def main() -> None:
    """The entry point `parley`."""
    app()
