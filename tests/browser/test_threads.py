"""What stands below a post is folded away with its count, opens without a mouse, and is still there after a reload."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.acting import ANSWERS, Chat
from tests.browser.test_access import is_sound
from tests.serving import Demo

pytestmark = pytest.mark.browser


def test_a_transcript_is_folded_away_below_its_post(
    demo: Demo, sealed: dict[str, Any], new_context: Callable[..., BrowserContext]
):
    page = new_context(demo.base, demo.person("Tom")["session"]).new_page()
    page.goto(f"{demo.base}/team")
    channel = Chat(page.locator("#channel"))
    below = channel.root.locator(".below").last
    summary, words = below.locator("summary").first, below.get_by_text(ANSWERS[0][:40]).first
    expect(summary).to_contain_text("in this thread")
    expect(words).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(words).to_be_visible()
    is_sound(page, "an open thread", (320,))

    # What one writes below the post stands in its thread, now and after a reload.
    below.get_by_role("button", name="Reply to Parley").first.click()
    channel.say("Where is the number?")
    expect(below.get_by_text("Where is the number?")).to_be_visible()
    before = summary.inner_text()
    page.reload()
    below = Chat(page.locator("#channel")).root.locator(".below").last
    expect(below.get_by_text("Where is the number?")).to_be_hidden()
    expect(below.locator("summary").first).to_have_text(before)
