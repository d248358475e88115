"""What a recruiter puts on file for a requisition, and how a member signs in to the pages."""

import datetime as dt
import re

import orjson

from bot import people
from bot.desk.sight import RECRUITERS, Call, say, wrong
from bot.scene import Reply
from bot.store.rows import Requisition
from flows.words import desk_en as words

_COMPLIANCE = re.compile(r"\b(assessment|oversight|audit|letters)\s+([^,]+?)\s*(?=,|$)", re.IGNORECASE)

_ON = ("on", "yes", "true", "always")


def compliance(call: Call) -> Reply:
    """What the law of some places wants on file before a machine may read answers for evidence."""
    wanted, _, title = call.rest.partition(" for ")
    found = call.sight.titled(title, *RECRUITERS)
    given = {k.casefold(): v.strip() for k, v in _COMPLIANCE.findall(wanted)}
    if not (found and given):
        return wrong(words.HOW_COMPLIANCE)
    if title.strip() and len(found) > 1:
        return say(words.several_titles(title.strip(), tuple(r["title"] for r in found)))
    try:
        audit = dt.date.fromisoformat(given["audit"]) if "audit" in given else None
    except ValueError:
        return wrong(words.no_date(given["audit"]))
    requisition, scene = found[-1], call.scene
    settings = orjson.loads(requisition["settings"])
    settings |= {"impact_assessment": given["assessment"]} if "assessment" in given else {}
    settings |= {"oversight": given["oversight"]} if "oversight" in given else {}
    settings |= {"audit_date": audit.isoformat()} if audit else {}
    settings |= {"adverse_letters": given["letters"].casefold() in _ON} if "letters" in given else {}
    key = {"tenant_id": scene.tenant_id, "id": requisition["id"]}
    scene.tx.change(Requisition, key, {"settings": orjson.dumps(settings).decode()})
    scene.fact("compliance_set", "", person_id=call.person_id, requisition=requisition["id"], what=sorted(given))
    return say(words.on_file(requisition["title"], settings))


def signin(call: Call) -> Reply:
    """A single-use link into the team's pages, for whoever asks and nobody else."""
    scene, minutes = call.scene, words.SIGNIN_MINUTES
    secret = people.issue_link(
        scene.tx, scene.ids, scene.tenant_id, "member", call.person_id, "", scene.at, 0, minutes
    )  # fmt: skip
    scene.fact("signin_issued", "", person_id=call.person_id)
    return say(words.signin(call.link(secret)))


def join(call: Call) -> Reply:
    return say(words.plain(words.JOINED))
