"""An acted scene as a page that reads like a chat."""

from flows.cards import Card
from tests.flows.scenes import Acted, Scene

PERSON = {"review": "Noor", "guide": "Ben"}
SIDES = {"interviewer": "Ben", "recruiter": "Mira"}
HEAD = "*Acted by `tests/flows/scenes.py`; a test compares this page with what the conversation really says.*"


def page(scene: Scene, acted: Acted) -> str:
    """The whole page as Markdown, ending with one newline."""
    lines = [f"# {scene.title}", "", HEAD, ""]
    person = SIDES.get(acted.flow.args.get("side", ""), PERSON.get(scene.play, "Ada"))
    speaker = ""
    for who, what in acted.chat:
        name = "" if who == "stage" else person if who != "bot" else "Parley"
        if name and name != speaker:
            lines += [f"**{name}**", ""]
        speaker = name
        lines += _card(what) if isinstance(what, Card) else [_said(who, what), ""]
    return "\n".join(lines).rstrip() + "\n"


def index(scenes: tuple[Scene, ...]) -> str:
    links = [f"- [{s.title}]({s.id}.md)" for s in scenes]
    return "\n".join(["# Conversations", "", "What Parley says, and what people do.", "", *links, ""])


def _said(who: str, what: str) -> str:
    match who:
        case "button":
            return f"> `[{what}]`"
        case "edit":
            return f"> {what} *(edited)*"
        case "stage":
            return f"*… {what} …*"
        case _:
            return f"> {what}"


def _card(card: Card) -> list[str]:
    body = [f"**{card.title}**", ""] if card.title else []
    if card.progress:
        body += [f"*{card.progress[0]} of {card.progress[1]}*", ""]
    body += [*_text(card.text), ""]
    for quote in card.quotes:
        body += [f"> {quote.text}" + (f" ({quote.who})" if quote.who else ""), ""]
    if card.rows:
        body += [*(f"- {r.label}: {r.value}" for r in card.rows), ""]
    if card.fields:
        body += [*(f"- {f.label}" + _hints(f.options) for f in card.fields), ""]
    if card.foot:
        body += [f"*{card.foot}*", ""]
    buttons = [o.label for o in card.options] + ([card.submit] if card.submit else [])
    if card.links:
        body += [" ".join(f"[{link.label}]({link.url})" for link in card.links), ""]
    if buttons:
        body += [" ".join(f"`[{label}]`" for label in buttons), ""]
    return [f"> {line}".rstrip() for line in body[:-1]] + [""]


def _hints(options: tuple[object, ...]) -> str:
    labels = [str(getattr(o, "label", "")) for o in options]
    return f" ({', '.join(labels)})" if labels else ""


def _text(text: str) -> list[str]:
    """Lines of a message; a list needs an empty line before it to be one."""
    lines = list[str]()
    for line in text.split("\n"):
        bullet = line.startswith("\u2022 ")
        if bullet and lines and lines[-1] and not lines[-1].startswith("- "):
            lines.append("")
        lines.append(f"- {line[2:]}" if bullet else line)
    return lines
