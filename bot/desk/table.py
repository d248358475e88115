"""The visible tables of the desk: commands, forms and buttons, each with the roles that may use it. Default deny."""

import difflib
from collections.abc import Callable, Mapping

from bot.desk import (
    adjusting,
    appointments_board,
    attending,
    availability,
    board,
    boards,
    bulk,
    calibrating,
    changing,
    compare,
    decide,
    diary,
    extending,
    files,
    following,
    hire,
    hours_form,
    interviewing,
    manage,
    many,
    moving,
    opening,
    panel_options,
    pausing,
    pools,
    promises,
    recording,
    rescore,
    schedule,
    shortlist,
    staging,
    waiting,
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
    "board": (TEAM, board.command),
    "status": (LOOKERS, boards.status),
    "shortlist": (TEAM, shortlist.command),
    "compare": (TEAM, compare.command),
    "advance": (RECRUITERS, lambda call: many.line(call, "advance")),
    "reject": (RECRUITERS, lambda call: many.line(call, "reject")),
    "decide": (RECRUITERS, decide.command),
    "letters": (RECRUITERS, waiting.planned),
    "promise": (RECRUITERS, promises.command),
    "adjust": (RECRUITERS, adjusting.command),
    "stages": (TEAM, staging.command),
    "format": (RECRUITERS, staging.which_format),
    "tasks": (TEAM, boards.tasks_line),
    "schedule": (RECRUITERS, schedule.schedule),
    "brief": (TEAM, interviewing.brief),
    "focus": (RECRUITERS, interviewing.focus),
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
    "rescore": (RECRUITERS, manage.about("rescore")),
    "options": (RECRUITERS, panel_options.options),
    "follow": (RECRUITERS, following.command),
    "help": (TEAM, help_),
    "record": (RECRUITERS, recording.command),
    "compliance": (RECRUITERS, files.compliance),
    "channel": (RECRUITERS, hire.channel),
    "members": (RECRUITERS, boards.members),
    "kits": (RECRUITERS, boards.kits),
    "kit": (RECRUITERS, calibrating.kit),
    "drill": (RECRUITERS, calibrating.command),
    "calibration": (TEAM, calibrating.calibration),
    "signin": (TEAM, files.signin),
    "join": (TEAM, files.join),
}

FORMS: dict[str, tuple[Roles, Callable[[Call, Mapping[str, str]], Reply], Callable[[Call], Card]]] = {
    "new": (RECRUITERS, hire.open_requisition, lambda call: hire.new_card(call, {})),
    "invite": (RECRUITERS, hire.submit_invite, hire.invite_card),
    "schedule": (RECRUITERS, schedule.submit_schedule, schedule.schedule_card),
    "loop": (RECRUITERS, schedule.submit_loop, schedule.loop_card),
    "many": (RECRUITERS, many.submit, many.form),
    "decide": (RECRUITERS, decide.submit, decide.form_card),
    "letter": (RECRUITERS, decide.submit_letter, decide.letter_form),
    "promise": (RECRUITERS, promises.submit, promises.form_card),
    "format": (RECRUITERS, staging.submit_format, staging.format_card),
    "people": (RECRUITERS, changing.submit_people, changing.people_card),
    "hours": (TEAM, hours_form.submit, hours_form.form),
    "propose": (TEAM, following.submit_proposal, following.proposal_form),
    "debrief": (RECRUITERS, following.submit_debrief, following.debrief_form),
}

# Action -> (roles, how many ids its token carries, what it does). Every one looks its ids up again, with the role for them.
BUTTONS: dict[str, tuple[Roles, int, Callable[[Call, list[str], str], Reply]]] = {
    "board": (TEAM, 1, board.press),
    "rate": (TEAM, 0, boards.rate),
    "early": (RECRUITERS, 1, opening.early),
    "backup": (TEAM, 1, opening.backup),
    "reread": (RECRUITERS, 1, opening.reread),
    "again": (TEAM, 1, opening.again),
    "opt": (RECRUITERS, 1, panel_options.switch),
    "proposal": (TEAM, 1, following.chosen),
    "optof": (RECRUITERS, 1, panel_options.chosen),
    "card": (RECRUITERS, 1, manage.do),
    "pick": (RECRUITERS, 1, manage.pick),
    "twin": (RECRUITERS, 1, hire.twin),
    "hold": (RECRUITERS, 1, pausing.hold),
    "adjust": (RECRUITERS, 1, adjusting.press),
    "calloff": (RECRUITERS, 1, withdrawing.call_off),
    "move": (RECRUITERS, 1, moving.move_chosen),
    "mv": (RECRUITERS, 2, moving.moved),
    "chanfor": (RECRUITERS, 1, hire.channel_for),
    "chan": (RECRUITERS, 2, hire.set_channel),
    "batch": (RECRUITERS, 1, bulk.press),
    "sl": (TEAM, 2, shortlist.press),
    "slof": (TEAM, 1, shortlist.chosen),
    "cmp": (TEAM, 1, compare.press),
    "many": (RECRUITERS, 1, many.press),
    "decide": (RECRUITERS, 1, decide.begin),
    "dec": (RECRUITERS, 1, decide.press),
    "letters": (RECRUITERS, 1, waiting.chosen),
    "lt": (RECRUITERS, 1, waiting.settle),
    "prom": (RECRUITERS, 1, promises.press),
    "stages": (RECRUITERS, 1, staging.take),
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
    "sat": (TEAM, 1, interviewing.after),
    "brief": (TEAM, 1, interviewing.brief_chosen),
    "focus": (RECRUITERS, 1, interviewing.focus_chosen),
    "hours": (TEAM, 1, availability.press),
    "diary": (TEAM, 1, diary.turn),
    "cal": (TEAM, 1, diary.calendars),
    "week": (RECRUITERS, 1, weekly.turn),
    "rescore": (RECRUITERS, 1, rescore.press),
}


def allowed(sight: Sight, command: str) -> bool:
    return sight.holds(*COMMANDS[command][0])


def refused(sight: Sight) -> Reply:
    """Somebody without the role; a stranger to the team hears how to become a member."""
    return wrong(words.ONLY_RECRUITERS if sight.holds(*TEAM) else words.NOBODY_KNOWN)
