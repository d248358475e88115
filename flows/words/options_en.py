"""The sentences of `/interview options`: how a requisition's candidates are rated."""

from flows.cards import Card, Option, Row

WHICH = "Whose options do you want to see?"
CHANGED = "Done. It holds for everything that is rated from now on."
NOBODY = "Somebody has to rate. Write the names behind it: /interview options Support engineer panel Priya, Tom"
NONE = ("nobody", "none", "no one")
_SWITCHES = {  # switch -> (what it is called, when it is on, when it is off, the button that turns it on, off)
    "neutral": (
        "Recommendation",
        "five answers, with \u201cNeutral\u201d in the middle",
        "four answers, without a neutral middle",
        "Allow \u201cNeutral\u201d",
        "No neutral middle",
    ),
    "blind": (
        "Names",
        "left out of comparisons",
        "shown in comparisons",
        "Compare without names",
        "Compare with names",
    ),
    "follow": (
        "Live interviews",
        "the team can read along",
        "nobody reads along",
        "Let the team read along",
        "Nobody reads along",
    ),
    "observers": (
        "Observers",
        "see scorecards once they are open",
        "see no scorecards",
        "Show observers open cards",
        "No cards for observers",
    ),
}


def card(title: str, on: dict[str, bool], panel: tuple[str, ...], backup: tuple[str, ...], lead: str) -> Card:
    """What is chosen; on: switch -> is it on?"""
    rows = [Row(name, yes if on[key] else no) for key, (name, yes, no, _, _) in _SWITCHES.items()]
    rows.append(Row("Rated by", ", ".join(panel) or "nobody yet"))
    rows.append(Row("Asked when somebody is late", ", ".join(backup) or "nobody"))
    options = tuple(
        Option(f"{key}.{'off' if on[key] else 'on'}", off if on[key] else turn_on)
        for key, (_, _, _, turn_on, off) in _SWITCHES.items()
    )
    how = f"To change who rates or stands in: /interview options {title} panel NAMES, or backup NAMES."
    return Card(f"{lead} {how}".strip(), title=f"How {title} is rated", rows=tuple(rows), options=options, tone="aside")


def who_is(text: str, n: int) -> str:
    if n == 0:
        return f"I don't know anybody on the team called {text}. /interview members shows who there is."
    return f"{n} people on the team are called {text}. Please write the whole name."
