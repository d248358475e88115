"""What stands in the pictures of a scorecard and of a comparison, and the same in words for a screen reader."""

LEVELS = "Levels that people gave, 1 to 5. A dot is one person."
COMPARED = "Bands of the levels that people gave, 1 to 5."
UNKNOWN = "unknown"
UNKNOWN_WHY = "nobody had a basis to rate"
ONE_PERSON = "one person"
MIDDLE = "middle"
SOFTWARE = "software"
BELOW = "below the minimum"
TIE = "Not told apart"
NEXT_TIE = "Not told apart either"
ALONE = "One person"
NOTHING_KNOWN = "Nothing is known yet"
NOBODY = "Nobody is there to compare yet."
PICTURE = "The scorecard at a glance."
COVERED = "The picture is covered while a second person reads the answers."
TAKEN_BACK = "The picture was put away, since the candidate has withdrawn."


def weight(share: float) -> str:
    return f"{round(share * 100)} %"


def no_basis(count: int) -> str:
    return f"{count} without a basis" if count != 1 else "1 without a basis"


def band(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}\u2013{high}"


def differ(low: int, high: int) -> str:
    return f"from {low} to {high}"


def said_line(title: str, levels: list[int], middle: int | None, machine: tuple[int, int] | None) -> str:
    """One competency of a scorecard in words."""
    people = f"{', '.join(map(str, levels))}, middle {middle}" if levels else UNKNOWN_WHY
    software = f"; software {band(*machine)}" if machine else ""
    return f"{title}: {people}{software}."


def said_cell(title: str, low: int | None, high: int | None, below: bool) -> str:
    if low is None or high is None:
        return f"{title} {UNKNOWN}"
    return f"{title} {band(low, high)}{f' ({BELOW})' if below else ''}"


def said_group(n: int, rows: list[str], tie: bool) -> str:
    return f"Group {n}{' (not told apart)' if tie else ''}: {'; '.join(rows)}."
