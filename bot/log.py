"""Logging with one rule: no person's words. Ids, numbers, states and names of events go in, nothing else.

    log = get("bot.inbox")
    log.info("turn_committed", conversation_id="c_...", shown=3)

An event is a constant name (`a_b` or `a.b`). A value passes when it is a number, an id that Parley made, or a
single token under a key of the list below. Anything else leaves only its length: `<18 chars>`. What libraries
log through `logging` takes the same way; of an exception only types and places are written, since its message
may quote what somebody said.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Protocol, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.redact import is_id, redact, route

# Keys whose value may be a plain token: the words of our own program, never of a person.
_TOKENS = frozenset(
    {
        *("id", "kind", "state", "status", "step", "flow", "version", "platform", "job", "lane", "queue", "method"),
        *("route", "about", "action", "outcome", "where", "rule", "part", "release", "role", "logger", "level"),
    }
)
_TOKEN_ENDS = ("_id", "_kind", "_state", "_step", "_version", "_code")
# Where words are kept, also as a part of a key. Not even a number passes here: a telephone number is one.
_WORDS = frozenset(
    {
        *("text", "body", "answer", "answers", "card", "cards", "words", "name", "email", "mail", "phone", "contact"),
        *("address", "fields", "payload", "value", "values", "content", "utterance", "quote", "sealed", "title"),
        *("company", "token", "secret", "password"),
    }
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EVENT = re.compile(r"[a-z][a-z0-9_.-]{1,59}")
_TOKEN = re.compile(r"[A-Za-z0-9][\w.:/#@+-]{0,79}", re.ASCII)
# Libraries whose messages without arguments are constant sentences about themselves.
_TRUSTED = ("uvicorn.error", "apscheduler.scheduler")


class Log(Protocol):
    """What `get` returns. `event` is a constant name; everything else is given by keyword."""

    def debug(self, event: str, /, **values: Any) -> Any: ...
    def info(self, event: str, /, **values: Any) -> Any: ...
    def warning(self, event: str, /, **values: Any) -> Any: ...
    def error(self, event: str, /, **values: Any) -> Any: ...
    def exception(self, event: str, /, **values: Any) -> Any:
        """Like `error`, with the types and places of the exception that is being handled."""
        ...


# Libraries that write tokens, whole messages or both, and from which level on they don't. Their adapters say so too; this
# holds for whoever configures the log after they were loaded.
_WORDY = {
    "telegram": logging.CRITICAL + 1,
    "discord": logging.WARNING,
    "discord.http": logging.ERROR,
    "parley.slack.sdk": logging.WARNING,
    "parley.slack.bolt": logging.WARNING,
}


def get(name: str) -> Log:
    """A log that writes under `name`. May be made before `configure` is called; the rule holds from the start."""
    return cast(Log, structlog.get_logger(source=name))  # "logger" itself is taken: `_rule` renames it


def configure(level: str = "info", stream: TextIO | None = None, readable: bool | None = None) -> None:
    """Send all logs of this process to `stream` (standard error): lines for a reader in a terminal, else JSON."""
    out = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    ending = _ours(number, out, out.isatty() if readable is None else readable)
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Foreign(ending))
    logging.basicConfig(handlers=[handler], level=number, force=True)
    logging.captureWarnings(True)
    for name in list(logging.root.manager.loggerDict):
        # uvicorn and others bring handlers of their own, which would write past the rule.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)
    for name in ("sqlalchemy", "alembic", "httpx", "httpcore", "apscheduler", "openai", "asyncio"):
        # Below a warning these tell about single statements and requests.
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    for name, least in _WORDY.items():
        logging.getLogger(name).setLevel(max(number, least))


def _ours(number: int, out: TextIO | None, readable: bool) -> list[Processor]:
    """Set up our own logs; returns the processors that every line ends with. `out` None: standard error."""
    last: Processor = _line if readable else structlog.processors.JSONRenderer()
    ending: list[Processor] = [_exception, _rule, structlog.processors.TimeStamper("iso", utc=True), last]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.WriteLogger(out or sys.stderr),
        cache_logger_on_first_use=False,
    )
    return ending


class _Foreign(logging.Formatter):
    """Brings a record of `logging` into the same form and through the same rule."""

    def __init__(self, ending: list[Processor]) -> None:
        super().__init__()
        self._ending = ending

    def format(self, record: logging.LogRecord) -> str:
        event: Any = {"level": record.levelname.lower(), "logger": record.name, **_what(record)}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        for processor in self._ending:
            event = processor(None, record.levelname.lower(), event)
        return str(event)


def _what(record: logging.LogRecord) -> dict[str, Any]:
    arguments = record.args
    if record.name == "uvicorn.access" and isinstance(arguments, tuple) and len(arguments) == 5:
        _client, method, path, _http, status = arguments
        return {"event": "http", "method": method, "route": _Sentence(route(str(path))), "status": status}
    where = f"{record.module}:{record.lineno}"
    if not arguments:
        known = record.name in _TRUSTED and isinstance(record.msg, str)
        return {"event": _Sentence(record.msg) if known else _length(record.msg), "where": where}
    return {"event": _Sentence(_filled(str(record.msg), arguments)), "where": where}


class _Sentence(str):
    """Made here or constant in a library; only what looks like a secret is taken out of it."""


def _filled(template: str, arguments: tuple[object, ...] | Mapping[str, object]) -> str:
    """The template with its numbers; every other argument leaves only its length."""
    try:
        if isinstance(arguments, Mapping):
            return template % {k: _number_or_length(v) for k, v in arguments.items()}
        return template % tuple(_number_or_length(v) for v in arguments)
    except (TypeError, ValueError, KeyError):
        return template


def _number_or_length(value: object) -> object:
    return value if isinstance(value, int | float) else _length(value)


def _length(value: object) -> str:
    """What is left of something that must not be written."""
    if isinstance(value, str | bytes):
        return f"<{len(value)} {'chars' if isinstance(value, str) else 'bytes'}>"
    if isinstance(value, list | tuple | dict | set | frozenset):
        return f"<{len(cast(list[object], value))} items>"
    return f"<{type(value).__name__}>"


def _rule(_log: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The rule: see the top of this file."""
    kept: dict[str, Any] = {"event": _event(event.pop("event", ""))}
    if "source" in event:
        kept["logger"] = _value("logger", event.pop("source"))
    for key, value in event.items():
        if not _NAME.fullmatch(key):
            kept["other"] = "<a key that is not a name>"
        else:
            kept[key] = _value(key, value)
    return kept


def _event(event: object) -> str:
    if isinstance(event, _Sentence):
        return redact(event)
    text = str(event)
    return redact(text) if _EVENT.fullmatch(text) or re.fullmatch(r"<\d+ \w+>", text) else _length(text)


def _value(key: str, value: object) -> object:
    if isinstance(value, _Sentence):
        return redact(value)
    if isinstance(value, str) and is_id(value):
        return value
    if _WORDS.intersection(key.split("_")):
        return _length(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        parts = [_value(key.removesuffix("s"), v) for v in cast(list[object], value)[:20]]
        return parts if all(not str(p).startswith("<") for p in parts) else _length(cast(object, value))
    if isinstance(value, str) and (key in _TOKENS or key.endswith(_TOKEN_ENDS)) and _TOKEN.fullmatch(value):
        return redact(value)
    return _length(value)


def _exception(_log: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Types and places instead of a traceback: messages and source lines may hold a person's words."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = cast(object, info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info is True else info)
    if isinstance(error, BaseException):
        event["error"], event["stack"] = _Sentence(_types(error)), [_Sentence(p) for p in _places(error)]
    return event


def _types(error: BaseException) -> str:
    """The kinds of the exception and of what caused it: `bot.x.Late < builtins.KeyError`."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < 5:
        kinds.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        if isinstance(seen, BaseExceptionGroup):
            group = cast(BaseExceptionGroup[BaseException], seen)
            kinds[-1] += f"({', '.join(type(e).__qualname__ for e in group.exceptions[:5])})"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return " < ".join(kinds)


def _places(error: BaseException) -> list[str]:
    """The last 20 places: `folder/file.py:12 function`."""
    places: list[str] = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{'/'.join(code.co_filename.split('/')[-2:])}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places[-20:]


def _line(_log: WrappedLogger, _method: str, event: EventDict) -> str:
    """One line for a reader: time, level, event, values. Control characters are written as escapes."""
    at, level, name = event.pop("timestamp", ""), event.pop("level", ""), event.pop("event", "")
    values = " ".join(f"{k}={v}" for k, v in event.items())
    line = f"{str(at)[11:19]} {level:<7} {name} {values}".rstrip()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


# Until `configure` is called the library would print everything as it is.
_ours(logging.INFO, None, readable=False)
