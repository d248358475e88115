"""When something could be, as the team is told before anybody is asked; and why never."""

from bot.desk.sight import Call
from bot.scheduling import appointments, crews, slotting, why
from bot.scheduling.availability import Seeker
from bot.scheduling.plans import Plan
from calendar_sync.zones import ConfigProblem
from flows.words import schedule_en as words


def seeker_for(call: Call, plan: Plan, candidate: str, *, moving: str = "", appointment: str = "") -> Seeker:
    """Whoever looks for a time of this plan; people without hours get usual ones, as when the appointment is opened.

    moving: the booking that is to be replaced. Raises ConfigProblem for a plan that can't be.
    """
    if problem := crews.fault(plan):
        raise ConfigProblem("plan", problem)
    appointments.with_hours(call.scene, plan)
    return Seeker(call.scene.tenant_id, plan, appointment, candidate, plan.zone, moving)


def offered(call: Call, seeker: Seeker) -> list[int]:
    """Every start there is now, in order; of a day of sessions, the first start of each day's best plan."""
    return [min(slot) for slot in slotting.slots(call.office.availability, call.scene.tx, seeker, call.scene.at)]


def none_at_all(call: Call, seeker: Seeker) -> tuple[tuple[str, ...], str]:
    """Why there is no time, in sentences, and the one change that would open most ("" where none would)."""
    scene = call.scene
    found = why.why_none(call.office.availability, scene.tx, seeker, scene.at)
    lines, change = why.told(scene.tx, scene.keys, seeker, found, call.zone, scene.at)
    return lines or (words.NO_REASON_FOUND,), change
