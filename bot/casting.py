"""From a conversation's stored arguments (ids) to what its screenplay takes (names, a kit, words).

Stored arguments hold ids only, so that a journal stays small and a name can be corrected. What a screenplay
sees must not change under a conversation that is going on: a requisition's kit is a frozen copy.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from bot import hiring, people
from bot.keyring import Keyring
from bot.recordings import practising
from bot.settings import Settings
from bot.store.rows import Appointment
from bot.store.store import Lru, Row, Store, Tx
from flows.kits.model import Kit
from flows.words import adjust_en
from flows.words import casting_en as words

_KITS = 64
_ARGS = 2048


class Casting:
    """Fills in the parts. Results are cached per conversation, since a turn asks for them every time."""

    def __init__(
        self,
        store: Store,
        keys: Keyring,
        settings: Settings,
        others: Mapping[str, Callable[..., dict[str, Any]]] | None = None,
        hears: bool = False,
    ) -> None:
        """others: flow -> what fills in its parts, for the conversations that aren't about an interview itself. hears: is
        there anything that listens to recordings?"""
        self._hears = hears
        self._store, self._keys, self._settings, self._others = store, keys, settings, others or {}
        self._kits: Lru[Kit] = Lru(_KITS)
        self._known: Lru[dict[str, Any]] = Lru(_ARGS)

    def args(self, tenant_id: str, flow: str, stored: dict[str, Any]) -> dict[str, Any]:
        """The keyword arguments of the screenplay called `flow`."""
        key = f"{tenant_id}/{flow}/{orjson.dumps(stored).decode()}"
        if flow == hiring.FLOWS[hiring.RECORDED]:  # its deadline moves with a tap, and is told again and again
            interview = self._store.read_now(lambda tx: hiring.get_interview(tx, tenant_id, stored["interview"]))
            key += f"/{interview['deadline_at']}"
        found = self._known.take(key)
        if found is None:
            found = self._store.read_now(lambda tx: self._fill(tx, tenant_id, flow, stored))
            self._known.keep(key, found)
        return found

    def begun(self, tenant_id: str, flow: str, stored: dict[str, Any]) -> dict[str, Any]:
        """With what has to stay as it is when an interview begins, since its screenplay branches on it: whether recordings
        are answers, and how many takes there are."""
        if flow not in (*hiring.TALKS, *practising.PLAYS):
            return stored
        interview = self._store.read_now(lambda tx: hiring.get_interview(tx, tenant_id, stored["interview"]))
        agreed = hiring.flags(interview).get("consents", {}).get("recording") == "yes"
        eased = tuple(hiring.flags(interview).get(hiring.ADJUSTED, ()))
        hears = "off" if not self._hears or adjust_en.TEXT in eased else "on" if agreed else "refused"
        more = adjust_en.extra_takes(eased) if flow == hiring.FLOWS[hiring.RECORDED] else 0
        return {**stored, "hears": hears, **({"extra_takes": more} if more else {})}

    def kit(self, requisition: Row) -> Kit:
        """The frozen kit of a requisition."""
        kit = self._kits.take(requisition["id"])
        if kit is None:
            kit = hiring.kit_of(requisition)
            self._kits.keep(requisition["id"], kit)
        return kit

    def forget(self) -> None:
        """Drop cached parts, after a name or a setting changed."""
        self._known.clear()

    def _fill(self, tx: Tx, tenant_id: str, flow: str, stored: dict[str, Any]) -> dict[str, Any]:
        if "interview" not in stored:  # about no interview at all, such as connecting a calendar
            return self._others[flow](tx, tenant_id, stored)
        interview = hiring.get_interview(tx, tenant_id, stored["interview"])
        requisition = hiring.get_requisition(tx, tenant_id, interview["requisition_id"])
        kit, settings = self.kit(requisition), self._settings
        args: dict[str, Any] = {
            "candidate_name": people.name_of(tx, self._keys, tenant_id, interview["candidate_id"]),
            "role_title": requisition["title"],
        }
        if flow == "review":
            return {**args, **self._review(tx, tenant_id, kit, stored)}
        company = hiring.company_of(tx, tenant_id, settings.company)
        args |= {"company": company, "contact": settings.contact or words.THE_TEAM}
        if flow in self._others:
            return self._others[flow](tx, kit, flow, stored, {**args, "tenant": tenant_id})
        if flow == "invite":
            wanted = {"tenant_id": tenant_id, "interview_id": interview["id"], "state": "open", "kind": "bot"}
            return args | {
                "live": hiring.flow_of(interview) == "interview",
                "by_appointment": bool(tx.find(Appointment, wanted)),
                "role_site": words.place(requisition["role_site"]),
                "minutes": kit.minutes,
                "competencies": tuple(c.title or k for k, c in kit.competencies.items()),
                "scorer": words.scorer(urlsplit(settings.openai_base_url).hostname or "", settings.openai_model),
                "retention_days": settings.retention_days,
                "recording_days": settings.recording_days,
                "listener": words.listener(urlsplit(settings.transcribe_base_url).hostname or ""),
                "deadline": hiring.day_words(interview["deadline_at"]),
            }
        if flow in hiring.TALKS:
            days = hiring.settings_of(requisition).get("promise_days", settings.decision_days)
            next_steps = words.next_steps(hiring.day_words(interview["created_at"], days))
            args |= {"kit": kit, "next_steps": next_steps, "unhurried": bool(stored.get("unhurried"))}
            args["hears"] = stored.get("hears", "off")
            if flow == "interview":
                followed = {"followed": bool(stored.get("followed"))}
                return args | followed | {"deadline": hiring.day_words(interview["deadline_at"])}
            more = {"extra_takes": stored.get("extra_takes", 0), "reference": interview["id"]}
            return args | more | {"deadline": hiring.until(tx, interview)}
        strengths = tuple((s[0], s[1]) for s in stored["strengths"])
        return args | {"strengths": strengths, "grow": stored["grow"]}

    def _review(self, tx: Tx, tenant_id: str, kit: Kit, stored: dict[str, Any]) -> dict[str, Any]:
        """A rating: what this rater is asked about (all of it, unless the panel has divided it up), and what they kept."""
        asked = [k for k in kit.competencies if k in stored.get("focus", ())] or list(kit.competencies)
        anchored = ((k, kit.competencies[k]) for k in asked)
        return {
            "rater_name": people.name_of(tx, self._keys, tenant_id, stored["rater"]),
            "competencies": tuple(
                {"key": k, "title": c.title or k, "anchors": {n: c.anchors[n] for n in sorted(c.anchors)}}
                for k, c in anchored
            ),
            "transcript_url": f"/review/{stored['interview']}",
            "purpose": stored.get("purpose", "first"),
            "neutral": bool(stored.get("neutral")),
            "draft": stored.get("draft"),
        }
