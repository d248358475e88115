"""Orders, forms and buttons of a team member, done as people do them in Slack and in Discord."""

import re
from typing import Any, Protocol

from tests.e2e.town import DiscordSeat, SlackSeat, strings
from tests.fakes.discord import prefilled


class Desk(Protocol):
    """Somebody's own view: what they order and press, and what they alone are shown in answer."""

    @property
    def shown(self) -> str:
        """What this person alone has in front of them now, with all that it carries."""
        raise NotImplementedError

    async def orders(self, line: str, channel: str = "") -> str:
        """`/interview LINE`; what they are shown then."""
        raise NotImplementedError

    async def opens(self, line: str) -> None:
        """A form, by a line of `/interview`."""
        raise NotImplementedError

    async def presses_on(self, channel: str, post: str, option: str) -> str:
        """A button of a post in a channel; what this person alone is shown then."""
        raise NotImplementedError

    async def presses(self, option: str) -> str:
        """A button of what this person alone was shown last; what they are shown then."""
        raise NotImplementedError

    async def enters(self, **fields: str) -> str:
        """Send the open form off; what they are shown then."""
        raise NotImplementedError

    async def filled(self) -> dict[str, str]:
        """What stands in the open form, by field."""
        raise NotImplementedError


def desk(seat: Any) -> Desk:
    return InSlack(seat) if isinstance(seat, SlackSeat) else InDiscord(seat)


class InSlack:
    """In Slack an answer is the modal that is open, and else a message that only this person sees."""

    def __init__(self, seat: SlackSeat) -> None:
        self.seat, self.slack, self.town = seat, seat.town.slack, seat.town

    async def orders(self, line: str, channel: str = "") -> str:
        before = self._seen()
        await self._does(lambda: self.slack.slash(self.seat.user, line, channel))
        await self.town.until(lambda: self._seen() != before, f"an answer to {line}")
        return self.shown

    async def opens(self, line: str) -> None:
        await self._does(lambda: self.slack.slash(self.seat.user, line))
        await self._form()

    async def presses_on(self, channel: str, post: str, option: str) -> str:
        (message,) = [m for m in self.slack.parleys(channel) if m["ts"] == post]
        return await self._press(message, message["blocks"], option)

    async def presses(self, option: str) -> str:
        shown = self.slack.modal(self.seat.user) or self.seat.aside
        return await self._press(shown, shown.get("blocks") or shown["view"]["blocks"], option)

    async def _press(self, message: dict[str, Any], blocks: list[dict[str, Any]], option: str) -> str:
        value = next(v for v in strings(blocks) if v.endswith(f":{option}"))
        before = self._seen()
        await self._does(lambda: self.slack.tap(self.seat.user, message, value))
        await self.town.until(lambda: self._seen() != before, f"an answer to {option}")
        return self.shown

    async def _form(self) -> None:
        """What is opened at once says at first that it is on its way."""
        await self.town.until(lambda: (self.slack.modal(self.seat.user) or {}).get("view", {}).get("submit"), "a form")

    async def enters(self, **fields: str) -> str:
        await self._form()

        async def send() -> None:
            await (await self.slack.submit(self.seat.user, fields)).ack()

        await self._does(send)
        return self.shown

    async def filled(self) -> dict[str, str]:
        await self._form()
        modal = self.slack.modal(self.seat.user)
        assert modal
        fields = [b for b in modal["view"]["blocks"] if b["type"] == "input"]
        return {b["block_id"]: _entered(b["element"]) for b in fields}

    async def _does(self, act: Any) -> None:
        await self.town.does("slack", act, self.seat.thread_id)

    def _seen(self) -> tuple[int, str]:
        modal = self.slack.modal(self.seat.user)
        asides = sum(m["to"] == self.seat.user for m in self.slack.ephemeral)
        return asides, str(modal and modal["view"])

    @property
    def shown(self) -> str:
        modal = self.slack.modal(self.seat.user)
        asides = [m for m in self.slack.ephemeral if m["to"] == self.seat.user]
        return "\n".join(strings([modal["view"]["blocks"], modal["errors"]] if modal else asides[-1:]))


def _entered(element: dict[str, Any]) -> str:
    """What a field of a modal is filled in with."""
    return element.get("initial_value") or element.get("initial_option", {}).get("value", "")


class InDiscord:
    """In Discord every answer is the answer to an interaction."""

    def __init__(self, seat: DiscordSeat) -> None:
        self.seat, self.discord, self.town = seat, seat.town.discord, seat.town
        self.last: Any = None

    async def orders(self, line: str, channel: str = "") -> str:
        await self._acts(lambda: self._slash(line, channel))
        return self.shown

    async def opens(self, line: str) -> None:
        await self._acts(lambda: self._slash(line))
        assert self.last.modal

    async def _slash(self, line: str, channel: str = "") -> Any:
        name, _, rest = line.partition(" ")
        known = next(c for c in self.discord.registered if c["name"] == "interview")["options"]
        if name not in [one["name"] for one in known]:  # there is no room for all of them in Discord's list
            name, rest = "run", line
        options = [{"type": 3, "name": "details", "value": rest}] if rest else []
        named = [{"type": 1, "name": name, "options": options}]
        return await self.discord.slash(self.seat.user, "interview", named, channel)

    async def presses_on(self, channel: str, post: str, option: str) -> str:
        shown = self.discord.message(channel, post)
        return await self._press(shown, option, channel)

    async def presses(self, option: str) -> str:
        return await self._press(self.last.shown(), option)

    async def _press(self, shown: Any, option: str, channel: str = "") -> str:
        value = next(v for v in strings(shown) if v.endswith(f":{option}"))
        await self._acts(lambda: self.discord.tap(self.seat.user, value, channel))
        return self.shown

    async def enters(self, **fields: str) -> str:
        if self.last.answer["type"] != 9:  # something was missing: a button opens the form again, as it was filled in
            again = next(v for v in strings(self.last.shown()) if ":~fill" in v)
            self.last = await self.discord.tap(self.seat.user, again)
            await self.last.answered.wait()
        form = self.last
        await self._acts(lambda: self.discord.submit(form, fields))
        return self.shown

    async def filled(self) -> dict[str, str]:
        parts = [p["component"] for p in self.last.modal["components"] if p["type"] == 18]
        return {p["custom_id"]: prefilled(p) for p in parts}

    async def _acts(self, act: Any) -> None:
        async def doing() -> None:
            self.last = await act()
            await self.last.answered.wait()

        await self.town.does("discord", doing, self.seat.thread_id)
        deferred = self.last.answer["type"] in (5, 6)
        if deferred:
            await self.town.until(lambda: self.last.followups or self.last.answer["type"] == 6)

    @property
    def shown(self) -> str:
        form = self.last.answer["data"] if self.last.answer["type"] == 9 else None
        return re.sub(r"\\(?=[^\w\s]|_)", "", "\n".join(strings(form or self.last.shown())))
