"""The pictures of docs/reference/gallery.md, taken from the gallery: `python -m tests.adapters.gallery_images`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.adapters.gallery import hang
from tests.adapters.gallery_cards import more
from tests.adapters.gallery_page import build

DOCS = Path(__file__).resolve().parents[2] / "docs" / "img"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TALK = ["interview/m_2", "interview/m_3", "interview/m_6", "interview/m_24", "interview/m_31"]
# Three columns of each picture, by row and entry.
SHOWN = {
    "slack": [TALK, ["channel/m_2"], ["review/m_1-form"]],
    "telegram": [
        ["interview/m_6", "interview/m_24", "interview/m_31", "feedback/m_3"],
        ["review-one-by-one/m_3", "review-one-by-one/m_4", "review/m_4"],
        ["channel/m_2"],
    ],
    "discord": [TALK, ["channel/m_2"], ["review/m_1-form"]],
}
# Puts the named cells side by side. What a menu holds is left out, as on a real screen.
ARRANGE = """([platform, columns]) => {
  const box = document.createElement('div');
  box.id = 'picture';
  box.style.cssText = 'display:grid;grid-template-columns:repeat(3,1fr);gap:14px;padding:14px;width:1200px;height:960px;overflow:hidden;background:#eceff1';
  for (const names of columns) {
    const column = document.createElement('div');
    column.className = `cell cell--${platform}`;
    column.style.height = '932px';
    for (const name of names) {
      const cell = document.querySelector(`[data-entry="${platform}/${name}"]`).cloneNode(true);
      cell.style.border = '0';
      column.append(cell);
    }
    box.append(column);
  }
  box.querySelectorAll('.s-opened, .d-opened').forEach((menu) => menu.remove());
  document.body.replaceChildren(box);
}"""


def take(page: Page, html: str, platform: str, path: Path) -> None:
    page.set_content(html)
    page.evaluate(ARRANGE, [platform, SHOWN[platform]])
    page.locator("#picture").screenshot(path=path)


def main() -> int:
    html = build(hang(more())).html
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
        for platform in SHOWN:
            take(
                chromium.new_page(viewport={"width": 1200, "height": 960}),
                html,
                platform,
                DOCS / f"gallery-{platform}.png",
            )
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
