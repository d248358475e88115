"""The desk's front: three ways in (a line, a form, a button), one implementation behind each command.

Every way in checks the role again, for the tenant of the scene. What is answered is for the person alone: it may hold
links that are theirs to pass on.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from bot import people
from bot.desk import boards, bulk, completions, on_page, promises, wanted
from bot.desk.hire import split_new
from bot.desk.sight import RECRUITERS, TEAM, Call, Office, Sight, say, wrong
from bot.desk.table import BUTTONS, COMMANDS, FORMS, allowed, refused
from bot.inbox import keep_words
from bot.keyring import Keyring
from bot.mail import BUTTON, FORM, Mail
from bot.scene import Reply, Scene
from bot.store.rows import Outbox
from bot.store.store import Tx
from flows.cards import Card
from flows.words import desk_en as words


@dataclass(frozen=True, slots=True)
class Order:
    """One line. place: the channel it was given in (its thread id), or ""; forms: can a form be opened there?"""

    person_id: str
    line: str
    place: str = ""
    forms: bool = False


def is_desk(token: str) -> bool:
    """Does a button or a form with this token belong to the desk?"""
    return token.startswith((FORM, BUTTON))


def parted(line: str) -> tuple[str, str]:
    """(command in lower case, the rest) of a line with or without `/interview` in front; `help` when there is nothing."""
    first, _, after = line.strip().lstrip("/").partition(" ")
    ours = difflib.get_close_matches(first.casefold(), ("interview", "parley"), 1, 0.75)
    said = after.strip() if ours else line.strip().lstrip("/")
    name, _, rest = said.partition(" ")
    return name.casefold() or "help", rest.strip()


class Desk(Office):
    """The desk of one installation."""

    # -- three ways in ------------------------------------------------------------------------------------

    def answer(self, scene: Scene, order: Order) -> Reply:
        """Carry out a command line."""
        name, rest = parted(order.line)
        call = Call(self, scene, order.person_id, rest, order.place, order.forms)
        if not call.sight.holds(*TEAM):
            return refused(call.sight)
        if name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, 1)
            return say(words.unknown_command(name, f"/interview {near[0]}" if near else ""))
        return COMMANDS[name][1](call) if allowed(call.sight, name) else refused(call.sight)

    def submit(self, scene: Scene, person_id: str, token: str, fields: Mapping[str, str], place: str = "") -> Reply:
        """Carry out a form; `problems` in the reply go beside its fields. People and channels come as our own ids."""
        name, _, about = token.removeprefix(FORM).partition(":")
        call = Call(self, scene, person_id, about, place, forms=True)
        if not token.startswith(FORM) or name not in FORMS:
            return wrong(words.TOO_LATE)
        roles, submit, _ = FORMS[name]
        return submit(call, fields) if call.sight.holds(*roles) else refused(call.sight)

    def act(self, scene: Scene, person_id: str, token: str, option: str, place: str = "", forms: bool = False) -> Reply:
        """Carry out a button. What it names is looked up again; what is no longer so is said kindly."""
        call = Call(self, scene, person_id, place=place, forms=forms)
        action, *ids = token.removeprefix(BUTTON).split(":")
        known = BUTTONS.get(action) if token.startswith(BUTTON) else None
        if known is None or len(ids) != known[1]:
            return wrong(words.TOO_LATE)
        roles, _, act = known
        return act(call, ids, option) if call.sight.holds(*roles) else refused(call.sight)

    # -- forms, completions, files, tasks -------------------------------------------------------------------

    def opens_form(self, line: str) -> bool:
        """Will this line be answered with a form, where forms can be opened? Needs no database."""
        name, rest = parted(line)
        if name == "new":
            fields = split_new(rest)
            return not (fields["title"] and fields["kit"])
        if name == "schedule":
            said = wanted.line(rest.partition("\n")[0])
            return "\n" not in rest and not (said.who or said.length)
        if name in ("decide", "promise", "format"):
            said = promises.named(rest) if name == "promise" else rest.partition("\n")[0]
            return bool(said.strip()) and ":" not in said
        return name == "invite" and not rest.partition(" for ")[0].strip("\"' \t")

    def form(self, scene: Scene, person_id: str, token: str, place: str = "") -> Card | None:
        """The card of a form, with our own ids of people and channels; None when it isn't this person's to fill in."""
        name, _, about = token.removeprefix(FORM).partition(":")
        call = Call(self, scene, person_id, about, place, forms=True)
        if not token.startswith(FORM) or name not in FORMS or not call.sight.holds(*FORMS[name][0]):
            return None
        return FORMS[name][2](call)

    def preview(self, scene: Scene, person_id: str, name: str, data: bytes) -> Reply:
        """What would be done with an uploaded list; `name` is the file's."""
        call = Call(self, scene, person_id)
        return bulk.preview(call, name, data) if call.sight.holds(*RECRUITERS) else refused(call.sight)

    def suggest(self, tx: Tx, keys: Keyring, tenant_id: str, person_id: str, line: str) -> list[tuple[str, str]]:
        """Completions of the line that is being typed, without `/interview`: (label, whole line), at most 25."""
        return completions.suggest(self, Sight(tx, keys, tenant_id, person_id), line)

    def tasks(self, tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> Card:
        """What waits for a member of the team; for anybody else a kind sentence."""
        sight = Sight(tx, keys, tenant_id, person_id)
        return boards.tasks(sight) if sight.holds(*TEAM) else words.wrong(words.NOBODY_KNOWN)

    # -- letters (see `bot.desk.letters`) -------------------------------------------------------------------

    def command(self, scene: Scene, mail: Mail) -> None:
        """A line that was written in the person's own chat: what came of it is shown there."""
        event = mail.data["event"]
        keep_words(scene, event["id"], 0, event["text"], mail, None)
        forms = mail.source == people.WEB and parted(event["text"])[0] in on_page.COMMANDS
        reply = self.answer(scene, Order(mail.person_id, event["text"], forms=forms))
        scene.show(on_page.shown(scene, mail, reply.card) or words.wrong(words.NOT_FOUND), token=reply.token)

    def pressed(self, scene: Scene, mail: Mail) -> None:
        """A button of the desk in the person's own chat: it is settled, and the answer follows."""
        event = mail.data["event"]
        where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "token": event["token"], "act": "send"}
        for shown in scene.tx.find(Outbox, where, "-seq", 1):
            scene.edit(shown["id"], None, chosen=event["option"], token=event["token"])
        forms = mail.source == people.WEB or bool(mail.data.get("forms"))
        reply = self.act(scene, mail.person_id, event["token"], event["option"], forms=forms)
        if reply.card is not None:
            scene.show(on_page.shown(scene, mail, reply.card) or reply.card, token=reply.token)

    def batch(self, scene: Scene, mail: Mail) -> None:
        """One more of many invitations."""
        bulk.carry_on(self, scene, mail)
