"""The visible tables of the desk: commands, forms and buttons, each with the roles that may use it. Default deny."""

import difflib
from collections.abc import Callable, Mapping

from bot.desk import (
    appointments_board,
    attending,
    availability,
    boards,
    bulk,
    changing,
    diary,
    extending,
    files,
    hire,
    hours_form,
    manage,
    moving,
    pausing,
    pools,
    schedule,
    weekly,
    withdrawing,
)
from bot.desk.sight import LOOKERS, RECRUITERS, TEAM, Call, Sight, say, wrong
from bot.scene import Reply
from flows.cards import Card
from flows.words import desk_en as words

Roles = tuple[str, ...]


def help_(call: Call) -> Reply:
    """What this person may order; or one command with an example."""
    mine = tuple(c for c in COMMANDS if allowed(call.sight, c))
    wanted = call.rest.strip().split(" ")[0].casefold()
    if not wanted or wanted == "help":
        return say(words.help_card(mine))
    if wanted not in mine:
        near = difflib.get_close_matches(wanted, mine, 1)
        return say(words.unknown_command(wanted, f"/interview help {near[0]}" if near else ""))
    return say(words.help_on(wanted))


COMMANDS: dict[str, tuple[Roles, Callable[[Call], Reply]]] = {
    "new": (RECRUITERS, hire.new),
    "invite": (RECRUITERS, hire.invite),
    "bulk": (RECRUITERS, bulk.how),
    "link": (RECRUITERS, manage.about("link")),
    "board": (TEAM, boards.board),
    "status": (LOOKERS, boards.status),
    "tasks": (TEAM, boards.tasks_line),
    "schedule": (RECRUITERS, schedule.schedule),
    "calendar": (TEAM, diary.command),
    "week": (RECRUITERS, weekly.command),
    "availability": (TEAM, availability.availability),
    "away": (TEAM, availability.away),
    "back": (TEAM, availability.back),
    "pool": (RECRUITERS, pools.pool),
    "pause": (RECRUITERS, manage.about("pause")),
    "resume": (RECRUITERS, manage.about("resume")),
    "withdraw": (RECRUITERS, manage.about("withdraw")),
    "move": (RECRUITERS, manage.move_line),
    "reveal": (RECRUITERS, manage.reveal),
    "help": (TEAM, help_),
    "compliance": (RECRUITERS, files.compliance),
    "channel": (RECRUITERS, hire.channel),
    "members": (RECRUITERS, boards.members),
    "kits": (RECRUITERS, boards.kits),
    "kit": (RECRUITERS, boards.kit),
    "signin": (TEAM, files.signin),
    "join": (TEAM, files.join),
}

FORMS: dict[str, tuple[Roles, Callable[[Call, Mapping[str, str]], Reply], Callable[[Call], Card]]] = {
    "new": (RECRUITERS, hire.open_requisition, lambda call: hire.new_card(call, {})),
    "invite": (RECRUITERS, hire.submit_invite, hire.invite_card),
    "schedule": (RECRUITERS, schedule.submit_schedule, schedule.schedule_card),
    "loop": (RECRUITERS, schedule.submit_loop, schedule.loop_card),
    "people": (RECRUITERS, changing.submit_people, changing.people_card),
    "hours": (TEAM, hours_form.submit, hours_form.form),
}

# Action -> (roles, how many ids its token carries, what it does). Every one looks its ids up again, with the role for them.
BUTTONS: dict[str, tuple[Roles, int, Callable[[Call, list[str], str], Reply]]] = {
    "board": (RECRUITERS, 1, boards.chosen),
    "rate": (("panelist", *RECRUITERS), 0, boards.rate),
    "card": (RECRUITERS, 1, manage.do),
    "pick": (RECRUITERS, 1, manage.pick),
    "twin": (RECRUITERS, 1, hire.twin),
    "hold": (RECRUITERS, 1, pausing.hold),
    "calloff": (RECRUITERS, 1, withdrawing.call_off),
    "move": (RECRUITERS, 1, moving.move_chosen),
    "mv": (RECRUITERS, 2, moving.moved),
    "chanfor": (RECRUITERS, 1, hire.channel_for),
    "chan": (RECRUITERS, 2, hire.set_channel),
    "batch": (RECRUITERS, 1, bulk.press),
    "extend": (RECRUITERS, 1, extending.decide),
    "plan": (RECRUITERS, 1, schedule.press),
    "whom": (RECRUITERS, 1, schedule.whom),
    "appt": (RECRUITERS, 1, appointments_board.do),
    "apof": (RECRUITERS, 1, appointments_board.chosen),
    "apmove": (RECRUITERS, 1, appointments_board.moved),
    "apoff": (RECRUITERS, 1, appointments_board.cancelled),
    "opened": (RECRUITERS, 1, appointments_board.opened),
    "mine": (TEAM, 1, attending.mine),
    "claim": (TEAM, 2, attending.claim),
    "hours": (TEAM, 1, availability.press),
    "diary": (TEAM, 1, diary.turn),
    "cal": (TEAM, 1, diary.calendars),
    "week": (RECRUITERS, 1, weekly.turn),
}


def allowed(sight: Sight, command: str) -> bool:
    return sight.holds(*COMMANDS[command][0])


def refused(sight: Sight) -> Reply:
    """Somebody without the role; a stranger to the team hears how to become a member."""
    return wrong(words.ONLY_RECRUITERS if sight.holds(*TEAM) else words.NOBODY_KNOWN)
