"""The week of a pool or of a requisition's panel: how many interviewers are free when."""

from bot import people
from bot.desk import crowd
from bot.desk.sight import RECRUITERS, Call, not_found, say, wrong
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.scheduling import capacity, week
from flows.cards import Card, Option
from flows.cards import from_json as card_from
from flows.words import desk_en
from flows.words import schedule_en as words

_TEAM = "team"  # everybody who has hours
MOST_AHEAD = 12  # weeks; what is kept reaches 90 days


def command(call: Call) -> Reply:
    """`/interview week [POOL or REQUISITION]`; without a name, everybody who has hours."""
    text = " ".join(call.rest.split())
    if not text:
        return shown(call, _TEAM, capacity.coming_monday(call.scene.at, call.zone))
    found = _named(call, text)
    if len(found) != 1:
        names = tuple(name for _, name in found)
        return say(words.several(text, names) if found else words.nothing_called(text))
    return shown(call, found[0][0], capacity.coming_monday(call.scene.at, call.zone))


def _named(call: Call, text: str) -> list[tuple[str, str]]:
    """(reference, name) of what is called so: a pool, else requisitions."""
    everybody = crowd.known(call.sight)
    if pool := crowd.named_pool(everybody, text):
        return [(crowd.pool_ref(pool), pool)]
    titled = [(r["id"], str(r["title"])) for r in call.sight.titled(text, *RECRUITERS)]
    if titled:
        return titled
    wanted = text.casefold()
    return [(crowd.pool_ref(p), p) for p in crowd.pools_of(everybody) if wanted in p.casefold()]


def _meant(call: Call, ref: str) -> tuple[str, list[str]] | None:
    """(name, people) of a reference; None for what isn't there, or isn't this person's."""
    everybody = crowd.known(call.sight)
    if ref == _TEAM:
        return words.EVERYBODY, [k.id for k in everybody]
    if ref.startswith("rq_"):
        requisition = call.sight.requisition(ref, *RECRUITERS)
        if requisition is None:
            return None
        panel = people.with_role(call.scene.tx, call.scene.tenant_id, ref, "panelist")
        return requisition["title"], [k.id for k in everybody if k.id in panel]
    return next(((p, list(ids)) for p, ids in crowd.pools_of(everybody).items() if crowd.pool_ref(p) == ref), None)


def shown(call: Call, ref: str, monday: int) -> Reply:
    """The numbers in words at once; the picture follows in the person's own chat."""
    found = _meant(call, ref)
    if found is None:
        return not_found()
    name, ids = found
    if not ids:
        return wrong(words.WEEK_NOBODY)
    scene, zone = call.scene, call.zone
    counted = capacity.grid(
        call.office.availability, scene.tx, scene.tenant_id, ids, name=name, monday=monday, zone_name=zone, now=scene.at
    )
    request = {"people": ids, "name": name, "monday": monday, "zone": zone}
    scene.work(
        "WeekPicture", request, conversation_id="", interview_id="", subject_id=call.person_id, step=""
    )  # fmt: skip
    card = words.week(week.words(counted), counted.title, _turns(call, monday), elsewhere=bool(call.place))
    return say(card, f"do:week:{ref}")


def _turns(call: Call, monday: int) -> tuple[Option, ...]:
    """The weeks before and after, as far as anything is known of them."""
    now = capacity.monday_of(call.scene.at, call.zone)
    found = [words.earlier(monday - 7)] if monday > now else []
    return (*found, *((words.later(monday + 7),) if monday < now + 7 * MOST_AHEAD else ()))


def turn(call: Call, ids: list[str], option: str) -> Reply:
    """Another week."""
    if _meant(call, ids[0]) is None:
        return not_found()
    _, _, day = option.partition(".")
    now = capacity.monday_of(call.scene.at, call.zone)
    if not (day.isascii() and day.isdigit()) or not now <= int(day) <= now + 7 * MOST_AHEAD:
        return wrong(desk_en.TOO_LATE)
    return shown(call, ids[0], int(day) - (int(day) - now) % 7)


def drawn(scene: Scene, mail: Mail) -> None:
    """The letter `week`: the picture is there, or it couldn't be drawn."""
    card = mail.data.get("card", {})
    scene.show(card_from(card) if "files" in card else Card(words.WEEK_FAILED, tone="aside"))
