"""Reports on a terminal: a `Sheet` is a table with notes under it."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.calibration.tables import Sheet


def paint(sheets: Iterable[Sheet], out: Console) -> None:
    """Print a report; what it says is never taken for markup."""
    for sheet in sheets:
        if sheet.rows:
            title = escape(sheet.title)
            table = Table(*sheet.heads, title=title, title_justify="left", title_style="bold", box=None)
            for row in sheet.rows:
                table.add_row(*(escape(cell) for cell in row))
            out.print(table)
        for note in sheet.notes:
            out.print(note, markup=False, soft_wrap=True)
        out.print()
