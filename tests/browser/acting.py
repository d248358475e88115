"""Acting on a page the way a person does: write, tap, read. Waits on what can be seen, never for a time."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

ANSWERS = (
    "A customer wrote that our app was broken. I asked her first which error message appeared and for a screenshot.",
    "I looked up her order history, and the actual cause was an expired card. She needed it before the weekend.",
    "I told her honestly I could not refund it, and offered her two ways to go on; I called back on Friday as promised.",
)
# What a willing candidate taps where the interview offers buttons; the first that is offered wins.
WILLING = ("Yes, go ahead", "Start now", "Go on", "No, thank you", "Send it off")


class Chat:
    """One chat on a page: a log, the bar above the composer, the box to write in."""

    def __init__(self, root: Locator) -> None:
        self.root, self.page = root, root.page
        self.log = root.get_by_role("log")
        self.box = root.locator("textarea.composer__box")
        self.done = root.locator(".asked__done")

    @property
    def question(self) -> Locator:
        """The newest message of Parley's that asks something."""
        return self.root.locator(".card--question").last

    def say(self, text: str) -> None:
        """Write one message and send it; it is on the server when this returns."""
        self.box.fill(text)
        self.root.get_by_role("button", name="Send", exact=True).click()
        self.settled()

    def settled(self) -> None:
        """Everything that was written has been accepted by the server."""
        expect(self.root.locator(".is-pending")).to_have_count(0)

    def answer(self, *bubbles: str) -> None:
        """Answer in several messages and send the answer off."""
        for text in bubbles:
            self.say(text)
        self.done.click()

    def tap(self, label: str | re.Pattern[str]) -> None:
        """Tap a button of the newest card that offers it."""
        self.root.locator(".option:not([aria-disabled])", has_text=label).last.click()

    def hears(self, text: str | re.Pattern[str]) -> None:
        """Parley has said this."""
        expect(self.log.get_by_text(text).last).to_be_visible()

    def helper(self, label: str) -> None:
        """Tap one of the quiet helpers."""
        toggle = self.root.get_by_role("button", name="Need something?")
        if toggle.get_attribute("aria-expanded") == "false":
            toggle.click()
        self.root.locator(".asked__tools").get_by_role("button", name=label, exact=True).click()


def until(page: Page, ready: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Look again and again, as often as the page paints, until something holds."""
    for _ in range(int(seconds * 20)):
        if ready():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {what}")
