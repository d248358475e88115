"""What is shown in direct reply, outside the outbox: modals, private notes, the Home tab. All best effort.

Nothing here may fail: what Slack refuses is logged by its code and left.
"""

from dataclasses import replace
from typing import Any

from adapters.contract import Answer, Port, Unavailable, Who
from adapters.slack import render, views, words
from adapters.slack.clients import Clients, Refused, log
from adapters.slack.parse import Found, Reply
from adapters.slack.send import Sender, body
from adapters.slack.views import View
from flows.cards import Card, from_json


class Courtesies:
    """See the module. Every method takes the workspace, and where the reply belongs."""

    def __init__(self, port: Port, clients: Clients, sender: Sender) -> None:
        self._port = port
        self._clients = clients
        self._sender = sender

    async def open(self, team: str, trigger: str, view: View) -> str:
        """Open a modal while the trigger lives (three seconds, once); returns its id, "" when it was too late."""
        reply = await self._try(team, "views.open", trigger_id=trigger, view=view)
        return str((reply or {}).get("view", {}).get("id") or "")

    async def change(self, team: str, view_id: str, view: View) -> None:
        """Show something else in an open modal."""
        await self._try(team, "views.update", view_id=view_id, view=view)

    async def publish(self, team: str, user: str, card: dict[str, Any]) -> None:
        """The Home tab. The card may bring a `token` for its buttons."""
        token = str(card.get("token") or "")
        view = views.home(from_json({k: v for k, v in card.items() if k != "token"}), token)
        await self._try(team, "views.publish", user_id=user, view=view)

    async def answer(self, found: Found, answer: Answer) -> None:
        """Show an answer to the one person it is for."""
        if answer.card is None or not answer.new:
            return
        card, reply, team = from_json(answer.card), found.reply, found.sender.team
        if reply.view:
            await self.change(team, reply.view, views.of(await self.without_files(found, card), answer.token))
        elif (card.fields or not (reply.channel or reply.url)) and reply.trigger:
            await self._modal(found, card, answer.token)
        elif found.place.private and not reply.url:
            await self._post(found.place.address, card, answer.token)
        else:
            await self.note(team, found.sender.user, reply, await self.without_files(found, card), answer.token)

    async def _modal(self, found: Found, card: Card, token: str) -> None:
        """Opened at once, even where there is something to do first."""
        team, reply = found.sender.team, found.reply
        held = await self.open(team, reply.trigger, views.waiting() if card.files else views.of(card, token))
        if not held:
            await self.note(team, found.sender.user, reply, Card(words.TOO_LATE))
        elif card.files:
            await self.change(team, held, views.of(await self.without_files(found, card), token))

    async def note(self, team: str, user: str, reply: Reply, card: Card, token: str = "") -> None:
        """A message that only this person sees. A response url first: it works where Parley isn't a member, too."""
        for shown in render.messages(card, token):
            message = {k: v for k, v in body(shown).items() if k not in ("unfurl_links", "unfurl_media", "mrkdwn")}
            thread = {"thread_ts": reply.thread} if reply.thread else {}
            url_body = {"response_type": "ephemeral", "replace_original": False, **message, **thread}
            if reply.url and await self._clients.respond(reply.url, url_body):
                continue
            if reply.channel:
                await self._try(team, "chat.postEphemeral", channel=reply.channel, user=user, **message, **thread)

    async def unread(self, team: str, user: str) -> None:
        """A file came that nothing can be done with: say so."""
        await self._post(f"{team}/{user}", Card(words.FILE_UNREAD))

    async def late_form(self, found: Found, answer: Answer, who: Who, entered: tuple[str, dict[str, str]]) -> None:
        """The answer to a form that had to be acknowledged before it was known."""
        token, values = entered
        view = views.waiting(words.SAVED)
        if answer.problems:
            card = await self._port.form(who, token)
            view = (
                views.form(from_json(card), token, values, answer.problems)
                if card
                else views.waiting(words.FORM_CLOSED)
            )
        elif answer.card is not None:
            view = views.of(await self.without_files(found, from_json(answer.card)), answer.token)
        await self.change(found.sender.team, found.reply.view, view)

    async def typing(self, team: str, channel: str, thread: str) -> bool:
        """Show that Parley is working on something; False when this workspace doesn't know that."""
        return await self._try(
            team, "assistant.threads.setStatus", channel_id=channel, thread_ts=thread, status=words.WORKING
        ) is not None  # fmt: skip

    async def without_files(self, found: Found, card: Card) -> Card:
        """Neither a modal nor a private note can hold files: they go to the person's own chat, and the card says so."""
        if not card.files:
            return card
        own = Card(card.text, title=card.title, files=card.files)
        if not await self._post(f"{found.sender.team}/{found.sender.user}", own):
            return card  # a sentence stands for each
        return replace(card, files=(), foot=f"{card.foot}\n{words.FILES_IN_CHAT}".strip())

    async def _post(self, address: str, card: Card, token: str = "") -> bool:
        try:
            await self._sender.say(address, card, token)
        except Refused as refused:
            log.info("slack_courtesy_refused say %s", refused.code)
        except Unavailable:
            log.info("slack_courtesy_unavailable say")
        else:
            return True
        return False

    async def _try(self, team: str, method: str, **args: Any) -> dict[str, Any] | None:
        try:
            return await self._clients.call(team, method, **args)
        except Refused as refused:
            log.info("slack_courtesy_refused %s %s", method, refused.code)
        except Unavailable:
            log.info("slack_courtesy_unavailable %s", method)
        return None
