"""Why there is no time, person by person, and the one change that would open most. Only the team reads this.

Names come in from outside; `times` and numbers are finished. Lines have no full stop: they stand in a list.
"""


def away(name: str, until: str) -> str:
    return f"{name} is out until {until}" if until else f"{name} is out for all of it"


def limit(name: str, number: int, per: str, minutes: bool) -> str:
    what = f"{number} minutes of interviews" if minutes else "1 interview" if number == 1 else f"{number} interviews"
    return f"{name} is at the limit of {what} a {per}"


def unknown(name: str, since: str) -> str:
    if not since:
        return f"{name}'s calendar has never been read, so all of it counts as busy"
    return f"{name}'s calendar was last read on {since}, so all of it counts as busy"


def busy(name: str) -> str:
    return f"{name} is busy all the time"


def no_hours(name: str) -> str:
    return f'{name} has no hours in these days. They are set with "availability"'


def broken_hours(name: str, say: str) -> str:
    return f"{name}'s hours can't be used: {say.rstrip('.')}"


def paused(name: str) -> str:
    return f"{name} has paused interviews"


def missing(name: str) -> str:
    return f"{name} is no interviewer yet"


def notice(name: str, length: str) -> str:
    return f"{name} is free only sooner than the notice of {length} allows"


def short(name: str, length: str) -> str:
    return f"{name} has no {length} in one piece that begin on the grid"


def together(name: str, times: int) -> str:
    return f"{name} is free {_times(times)}, but never when enough of the others are"


def candidate(name: str) -> str:
    return f"{name} has another interview whenever the team is free"


def too_few(pool: str, need: int, free: int) -> str:
    people = "nobody" if free == 0 else "1 person" if free == 1 else f"{free} people"
    of = f'the pool "{pool}"' if pool else "the people who were named"
    return f"{need} of {of} {'is' if need == 1 else 'are'} needed, and at most {people} can at once"


def more_lines(count: int) -> str:
    return f"and {count} more people of the same pools, who can't either"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


# -- the change ----------------------------------------------------------------------------------------------------


def opens(change: str, times: int) -> str:
    return f"{change} (it opens {'1 time' if times == 1 else f'{times} times'})."


def raise_limit(name: str, number: int, per: str, minutes: bool) -> str:
    return f"raise the limit of {name} to {number} {'minutes' if minutes else 'interviews'} a {per}"


def repair_calendar(name: str) -> str:
    return f"have {name} connect their calendar again"


def resume(name: str) -> str:
    return f"have {name} take interviews again"


def add_to_pool(pool: str) -> str:
    return f'add one more person to the pool "{pool}"' if pool else "name one more person"


def look_further(days: int) -> str:
    return f"look {days} days ahead"


def shorter_notice() -> str:
    return "let it be booked without notice"


def without(name: str) -> str:
    return f"do without {name}"


def several_days(days: int) -> str:
    return f"spread the sessions over {days} days"


def any_order() -> str:
    return "let the sessions come in any order"


def longer_breaks(minutes: int) -> str:
    return f"allow breaks of up to {minutes} minutes"


def no_lunch() -> str:
    return "do without a lunch break"
