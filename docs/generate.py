"""The parts of the reference that are made from the code: `python -m docs.generate` writes them anew.

Words around them are written by hand; what is made stands between two marks. Other pages have generators of their
own: settings.md (`python -m bot.settings_page`), kit-lint.md (`parley kit rules`) and docs/conversations
(see tests/flows/test_conversation_docs.py).
"""

import dataclasses
import re
import tempfile
from pathlib import Path
from typing import Any, get_type_hints

import typer.core
import typer.main

from bot import cli
from bot.app import build
from bot.settings import Settings
from bot.web.host import host
from flows import cards

REFERENCE = Path(__file__).resolve().parent / "reference"
BEGIN, END = "<!-- made by docs/generate.py: begin -->", "<!-- made by docs/generate.py: end -->"
_CARD_PARTS = (
    *(cards.Card, cards.Option, cards.Row, cards.Field, cards.Quote),
    *(cards.Score, cards.Mark, cards.Link, cards.File),
)


def commands() -> str:
    """Every command of `parley` with its arguments and options, from the Typer application."""
    found = _commands(typer.main.get_command(cli.app), "parley")
    lines = ["| Command | What it does |", "|---|---|"]
    lines += [f"| `{path}{_arguments(c)}` | {_first(c.help)} |" for path, c in found]
    for path, command in found:
        options = [p for p in command.params if p.name != "help"]
        if options:
            lines += ["", f"## {path}", "", _prose(command.help), "", "| Argument or option | What it is | Default |"]
            lines += ["|---|---|---|", *(_option(p) for p in options)]
    return "\n".join(lines)


def _commands(command: Any, path: str) -> list[tuple[str, Any]]:
    if not isinstance(command, typer.core.TyperGroup):
        return [(path, command)]
    return [c for name, part in command.commands.items() for c in _commands(part, f"{path} {name}")]


def _arguments(command: Any) -> str:
    required = [p for p in command.params if p.param_type_name == "argument" and p.required]
    return "".join(f" {p.name.upper()}" for p in required)


def _option(parameter: Any) -> str:
    names = [*parameter.opts, *parameter.secondary_opts]
    shown = [n.upper() for n in names] if parameter.param_type_name == "argument" else names
    # A path is one of this machine, so its help says it in words.
    plain = isinstance(parameter.default, str | int) and parameter.default not in ("", True, False)
    default = "needed" if parameter.required else f"`{parameter.default}`" if plain else ""
    return f"| {', '.join(f'`{n}`' for n in shown)} | {_cell(parameter.help or '')} | {default} |"


def web_api() -> str:
    """Every call and every shape, from the OpenAPI document that a server gives at /openapi.json."""
    document = openapi()
    lines = ["### Calls", "", "| Call | What it does | Send | Receive |", "|---|---|---|---|"]
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            row = (f"`{method.upper()} {path}`", _first(call.get("description", "")), _sent(call), _received(call))
            lines.append("| " + " | ".join(row) + " |")
    lines += ["", "### Shapes of the calls"]
    for name, schema in sorted(document["components"]["schemas"].items()):
        if "properties" in schema and "Validation" not in name:
            lines += ["", f"**{name}.** {_prose(schema.get('description', ''))}".rstrip(), ""]
            lines += ["| Field | Type | |", "|---|---|---|"]
            needed = schema.get("required", [])
            lines += [_field(n, p, n in needed) for n, p in schema["properties"].items()]
    lines += ["", "### Shapes of a card", "", "Empty parts are left out of the JSON."]
    for part in _CARD_PARTS:
        lines += ["", f"**{part.__name__}.** {_prose(part.__doc__)}", "", "| Field | Type |", "|---|---|"]
        hints = get_type_hints(part)
        lines += [f"| `{f.name}` | `{_type_name(hints[f.name])}` |" for f in dataclasses.fields(part)]
    return "\n".join(lines)


def openapi() -> dict[str, Any]:
    """The OpenAPI document of a server that is built and never started."""
    with tempfile.TemporaryDirectory() as home:
        app = build(Settings(home=Path(home)))
        document = host(app).openapi()
        app.store.engine.dispose()
    return document


def _sent(call: dict[str, Any]) -> str:
    query = [f"`?{p['name']}=`" for p in call.get("parameters", ()) if p["in"] == "query"]
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return ", ".join([*query, *([f"`{_type(body)}`"] if body else [])])


def _received(call: dict[str, Any]) -> str:
    parts = list[str]()
    for status, answer in call["responses"].items():
        if not status.startswith("2"):
            continue
        content: dict[str, Any] = answer.get("content", {})
        schema = content.get("application/json", {}).get("schema")
        kind = "a stream" if "text/event-stream" in content else f"`{_type(schema)}`" if schema else ""
        parts.append(f"{status} {kind}".strip())
    return ", ".join(parts)


def _field(name: str, schema: dict[str, Any], needed: bool) -> str:
    about = [schema["description"]] if "description" in schema else []
    about += [f"at most {schema[k]}" for k in ("maxLength", "maxItems") if k in schema]
    about += [] if needed else ["may be left out"]
    return f"| `{name}` | `{_type(schema)}` | {_cell('; '.join(about))} |"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    if "const" in schema:
        return f'"{schema["const"]}"'
    several = schema.get("oneOf") or schema.get("anyOf")
    if several:
        return " or ".join(_type(s) for s in several)
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema['items'])}"
        case "object":
            return f"text -> {_type(schema['additionalProperties'])}" if "additionalProperties" in schema else "object"
        case "string":
            return "text"
        case None:
            return "JSON"
        case known:
            return str(known)


def _type_name(hint: Any) -> str:
    name = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    return re.sub(r"(typing|flows\.cards)\.", "", name).replace("|", "or")


def _first(text: str | None) -> str:
    return _cell(_prose(text).split("\n\n")[0])


def _prose(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n")).strip()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


MADE = {"commands.md": commands, "web-api.md": web_api}


def between(page: str) -> str:
    """The made part of a page. `ValueError` when the marks are missing."""
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    return page[start:end].strip()


def main() -> None:
    """Write every made part into its page."""
    for name, make in MADE.items():
        path = REFERENCE / name
        page = path.read_text("utf-8")
        head, tail = page[: page.index(BEGIN)], page[page.index(END) :]
        path.write_text(f"{head}{BEGIN}\n\n{make()}\n\n{tail}", "utf-8")


if __name__ == "__main__":
    main()
