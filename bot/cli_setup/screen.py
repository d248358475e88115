"""How findings are painted on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from bot.findings import Finding

_MARKS = {"good": "[green]✓[/green]", "warn": "[yellow]![/yellow]", "bad": "[red]✗[/red]"}


def console() -> Console:
    # soft_wrap: a wrapped link or token name can't be copied.
    return Console(soft_wrap=True, highlight=False)


def say(findings: Sequence[Finding]) -> None:
    """Paint what was found: a mark and a sentence, and what to do under it."""
    out = console()
    for f in findings:
        out.print(_MARKS[f.level], escape(f.what))
        if f.remedy:
            out.print("  ", escape(f.remedy), style="dim")
