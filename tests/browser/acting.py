"""Acting on a page the way a person does: write, tap, read. Waits on what can be seen, never for a time."""

import re

from playwright.sync_api import Locator, Page, expect

from flows.words import en, interview_en, invite_en

ANSWERS = (
    "A customer wrote that our app was broken. I asked her first which error message appeared and for a screenshot. "
    "It turned out the real problem was an expired card, not the app.",
    "She was upset, so I let her finish and then summarised. I told her honestly I could not refund the month, and "
    "offered two ways to go on. I called back on Friday as I had promised.",
    "I passed it to the payments team with the steps, the account and what I had already tried.",
)
# What a willing candidate taps where the interview offers buttons; the first that is offered wins.
WILLING = [
    o.label
    for o in (
        invite_en.INTERVIEW_YES,
        invite_en.NOW,
        en.ACCOMMODATIONS[-1],
        interview_en.AI_NONE,
        interview_en.GO_ON,
        interview_en.YOURS_NO,
        interview_en.SUBMIT,
    )
]
GOODBYE = "What happens next:"


class Chat:
    """One chat on a page: a log, the bar above the composer, the box to write in."""

    def __init__(self, root: Locator) -> None:
        self.root, self.page = root, root.page
        self.log = root.get_by_role("log")
        self.box = root.locator("textarea.composer__box")
        self.done = root.locator(".asked__done")
        self.options = root.locator(".option:not([aria-disabled])")

    @property
    def asked(self) -> str:
        """The token of the question that is open, "" when none is."""
        return self.root.get_attribute("data-asked") or ""

    @property
    def question(self) -> Locator:
        """The newest message of Parley's that asks something."""
        return self.root.locator(".card--question").last

    def ready(self) -> None:
        """A question is open."""
        expect(self.root).to_have_attribute("data-asked", re.compile("."))

    def say(self, text: str) -> None:
        """Write one message and send it; it is on the server when this returns."""
        self.box.fill(text)
        self.root.get_by_role("button", name="Send", exact=True).click()
        expect(self.log.locator(".msg--me").last).to_contain_text(text[:60])
        self.settled()

    def settled(self) -> None:
        """Everything that was written has been accepted by the server."""
        expect(self.root.locator(".is-pending")).to_have_count(0)

    def answer(self, *bubbles: str) -> None:
        """Answer in several messages, send the answer off, and wait for what comes then."""
        before = self.asked
        for text in bubbles:
            self.say(text)
        self.done.click()
        self.moved(before)

    def tap(self, label: str) -> None:
        """Tap a button of the newest card that offers it, and wait for what comes then."""
        before = self.asked
        self.options.filter(has_text=label).last.click()
        self.moved(before)

    def moved(self, before: str) -> None:
        """Another question is open, or the interview is over."""
        other = f':not([data-asked="{before}"]):not([data-asked=""])'
        over = ":has(.composer__rest:not(:empty))"
        expect(self.root.and_(self.page.locator(f"{other}, {over}"))).to_have_count(1)

    def hears(self, words: str) -> None:
        """Parley has said this."""
        expect(self.log).to_contain_text(words)

    def helper(self, label: str) -> None:
        """Tap one of the quiet helpers."""
        toggle = self.root.get_by_role("button", name="Need something?")
        if toggle.get_attribute("aria-expanded") == "false":
            toggle.click()
        self.root.locator(".asked__tools").get_by_role("button", name=label, exact=True).click()

    def consents(self) -> None:
        """From the first hello to the beginning of the interview."""
        self.ready()
        before = self.asked
        self.say("London")
        self.moved(before)
        while not self.done_is_offered():
            self.step("")

    def done_is_offered(self) -> bool:
        return self.box.get_attribute("placeholder") == en.HINT_ANSWER

    def step(self, answer: str) -> None:
        """Do what a willing candidate would do now."""
        offered = [w for w in WILLING if self.options.filter(has_text=w).count()]
        if offered:
            self.tap(offered[0])
        else:
            self.answer(answer)

    def finish(self) -> None:
        """Go on to the goodbye."""
        for n in range(60):
            if GOODBYE in self.log.inner_text():
                return
            self.step(ANSWERS[n % len(ANSWERS)])
        raise AssertionError("the interview had no end")


def rate(chat: Chat, level: int, why: str) -> None:
    """Fill in the rating form, look it over and submit it, sealed."""
    form = chat.root.locator("form.fields")
    for scale in form.locator(".picks--scale").all():
        scale.locator("label.pick").nth(level - 1).click()
    for reason in form.locator("textarea").all():
        reason.fill(why)
    form.locator(".picks--choice label.pick").nth(2).click()
    before = chat.asked
    form.get_by_role("button", name="Look it over").click()
    chat.moved(before)
    chat.options.filter(has_text="Submit, sealed").click()
    chat.hears("is sealed.")


def sideways(page: Page) -> int:
    """How many pixels of the page stick out to the side."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
