"""The whole table of a shortlist on the web: sorted with ties as equals, narrowed, chosen from, and as a spreadsheet.

Everything is in the address, so that a view can be kept and passed on to a colleague. What is done with those who are
chosen goes on in the reader's own chat, where nothing happens before it has been shown and confirmed.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request, Response

from adapters.web.app import COOKIE
from bot import people
from bot.app import App
from bot.desk import opened
from bot.desk import shortlist as desk
from bot.desk.sight import RECRUITERS, TEAM, Sight
from bot.funnel import shortlist
from bot.funnel.shortlist import Candidate, Shortlist, View, Wish
from bot.mail import Mail
from bot.people import Visitor
from bot.store.store import Tx
from bot.web.body import bounded
from bot.web.pages import page, problem
from flows.words import board_en as words
from flows.words import pages_en, shortlist_en

_ACTS = ("compare", "advance", "reject")


def router(app: App, version: str, demo_reader: str = "") -> APIRouter:
    """The table, its spreadsheet, and what is chosen in it. demo_reader: see `review_pages.router`."""
    api, own = APIRouter(include_in_schema=False), _Pages(app, version, demo_reader)
    api.add_api_route("/board/{requisition_id}.csv", own.spreadsheet, methods=["GET"])
    api.add_api_route("/board/{requisition_id}", own.table, methods=["GET"])
    api.add_api_route("/board/{requisition_id}", own.chosen, methods=["POST"])
    return api


class _Pages:
    def __init__(self, app: App, version: str, demo_reader: str) -> None:
        self._app, self._version, self._demo_reader = app, version, demo_reader

    async def table(self, requisition_id: str, request: Request) -> Response:
        who = await self._visitor(request)
        found = await self._read(who, requisition_id, request.query_params)
        if who is None or found is None:
            return self._nothing()
        whole, view, decides = found
        context = _context(whole, view, decides) | {"event": self._app.ids.new("ch")}
        return page("board.html", self._version, **context)

    async def spreadsheet(self, requisition_id: str, request: Request) -> Response:
        who = await self._visitor(request)
        found = await self._read(who, requisition_id, request.query_params)
        if found is None:
            return self._nothing()
        kept = {"Content-Disposition": 'attachment; filename="shortlist.csv"', "Cache-Control": "no-store"}
        return Response(desk.table(found[0], found[1]), media_type="text/csv; charset=utf-8", headers=kept)

    async def chosen(self, requisition_id: str, request: Request) -> Response:
        """Some of them were chosen: it goes on in the reader's own chat. The same page sent twice is one letter."""
        who = await self._visitor(request)
        found = await self._read(who, requisition_id, {})
        if who is None or found is None:
            return self._nothing()
        given = parse_qs((await bounded(request) or b"").decode("utf-8", "replace"))
        act, ids, event = (given.get("act") or [""])[0], given.get("who", []), (given.get("event") or [""])[0]
        known = {c.interview_id for c in found[0].candidates}
        ids = [i for i in dict.fromkeys(ids) if i in known]
        if act not in _ACTS or not ids or not event or (act != "compare" and not found[2]):
            return problem(self._version, 422, words.NOBODY_CHOSEN, words.NOBODY_CHOSEN_TEXT)
        data = {"act": act, "ids": ids}
        name, at = f"board/{event[:40]}", self._app.clock.now()
        letter = Mail(who.tenant_id, people.WEB, name, who.thread_id, "chosen", at, data, who.person_id)
        await self._app.intake.receive(letter)
        return page("problem.html", self._version, title=words.IN_CHAT, message=words.in_chat(act, len(ids)), remedy="")

    # -- inside ---------------------------------------------------------------------------------------------------

    async def _visitor(self, request: Request) -> Visitor | None:
        """Whoever has signed in; in the demo, where one browser is everybody, its recruiter."""
        secret = request.cookies.get(COOKIE, "")
        who = await self._app.port.caller(secret) if secret else None
        if (who is None or who.role == "candidate") and self._demo_reader:
            return await self._app.port.caller(self._demo_reader)
        return who

    async def _read(
        self, who: Visitor | None, requisition_id: str, asked: Mapping[str, str]
    ) -> tuple[Shortlist, View, bool] | None:
        """The table as somebody may see it, and whether they decide; None when it isn't theirs."""
        if who is None:
            return None
        reader = who

        def look(tx: Tx) -> tuple[Shortlist, View, bool] | None:
            sight = Sight(tx, self._app.keys, reader.tenant_id, reader.person_id)
            requisition = sight.requisition(requisition_id, *TEAM)
            if requisition is None or not opened.readable(sight, requisition):
                return None
            wish = wished(shortlist.titles_of(requisition), asked)
            whole = shortlist.read(tx, self._app.keys, requisition, reader.person_id, wish.stage)
            return whole, shortlist.view(whole, wish), sight.may(requisition_id, *RECRUITERS)

        return await self._app.store.read(look)

    def _nothing(self) -> Response:
        return problem(self._version, 404, pages_en.NOT_HERE, pages_en.NOT_HERE_TEXT)


def wished(titles: Mapping[str, str], asked: Mapping[str, str]) -> Wish:
    """What the address asks for; whatever can't be read is as if it weren't there."""
    least = asked.get("least", "")
    state = asked.get("state", shortlist.WAITING)
    key = asked.get("competency", "")
    by = asked.get("by", "")
    return Wish(
        state=state if state in shortlist.STATES else shortlist.WAITING,
        stage=asked.get("stage", ""),
        competency=key if key in titles else "",
        least=int(least) if least in ("1", "2", "3", "4", "5") else 0,
        look=asked.get("look", "") == "1",
        by=by if by in titles else "",
    )


# -- what the page shows -----------------------------------------------------------------------------------------


def _context(whole: Shortlist, view: View, decides: bool) -> dict[str, Any]:
    wish, titles = view.wish, whole.titles
    counts = shortlist_en.counts(len(whole.candidates), whole.sealed, whole.under_way, whole.left, whole.removed)
    ties = [*enumerate(view.groups, 1), *([(0, view.unknown)] if view.unknown else [])]
    return {
        "role_title": whole.requisition["title"],
        "words": words,
        "counts": counts,
        "order": shortlist_en.ORDER,
        "groups": [_group(n, group, list(titles)) for n, group in ties],
        "columns": [
            {"key": k, "title": t, "here": wish.by == k, "href": _address(wish, by=k)} for k, t in titles.items()
        ],
        "whole_here": not wish.by,
        "whole_href": _address(wish, by=""),
        "stages": [(s.key, s.title) for s in whole.stages] if len(whole.stages) > 1 else [],
        "states": words.STATES,
        "titles": titles,
        "wish": wish,
        "csv": f"/board/{whole.requisition['id']}.csv{_address(wish)}",
        "decides": decides,
        "blind": whole.blind,
        "shown": shortlist_en.people(view.size),
    }


def _group(n: int, group: tuple[Candidate, ...], keys: list[str]) -> dict[str, Any]:
    heading = shortlist_en.group(n, len(group), more=False) if n else shortlist_en.UNKNOWN
    return {"label": heading.label, "about": heading.value, "people": [_person(c, keys) for c in group]}


def _person(one: Candidate, keys: list[str]) -> dict[str, Any]:
    cells = [one.standing.cell(k) for k in keys]
    return {
        "id": one.interview_id,
        "label": one.label,
        "href": "" if one.hidden else f"/review/{one.interview_id}",
        "state": words.DECIDED if one.status == "decided" else "",
        "look": one.look,
        "cells": [
            {
                "band": shortlist_en.band(c),
                "machine": shortlist_en.machine(c),
                "below": c is not None and c.state == "below",
                "unknown": c is None or c.band is None,
            }
            for c in cells
        ],
    }


def _address(wish: Wish, **other: str) -> str:
    """The query of an address for this view, with something else in it."""
    said = {"by": wish.by, "state": wish.state, "stage": wish.stage, "competency": wish.competency}
    said |= {"least": str(wish.least or ""), "look": "1" if wish.look else "", **other}
    kept = {k: v for k, v in said.items() if v and (k, v) != ("state", shortlist.WAITING)}
    return f"?{urlencode(kept)}" if kept else "?"
