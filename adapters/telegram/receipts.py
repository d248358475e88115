"""What became of a message, by what Telegram says when it doesn't take one."""

import logging
from datetime import timedelta

import httpx
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from adapters.contract import Delivered, Outcome, Outgoing

log = logging.getLogger("parley.telegram")

# What Telegram says, in lower case -> what it means for the chat.
_UNREACHABLE = {
    "chat not found": "chat_not_found",
    "user not found": "chat_not_found",
    "peer_id_invalid": "chat_not_found",
    "have no rights": "no_rights",
    "not enough rights": "no_rights",
    "need administrator rights": "no_rights",
    "chat_write_forbidden": "no_rights",
    "user is deactivated": "deactivated",
    "bot was blocked": "blocked",
    "kicked": "removed",
    "not a member": "removed",
    "initiate conversation": "never_started",
}
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def receipt(out: Outgoing, problem: TelegramError) -> Delivered:
    said = problem.message.lower()
    why = next((code for words_, code in _UNREACHABLE.items() if words_ in said), "")
    match problem:
        case RetryAfter():
            return Delivered(out.id, Outcome.LATER, after_ms=int(seconds_of(problem) * 1000))
        case InvalidToken():
            return Delivered(out.id, Outcome.BLOCKED, problem="token")
        case Forbidden():
            return Delivered(out.id, Outcome.BLOCKED, problem=why or "forbidden")
        case BadRequest() if why:
            return Delivered(out.id, Outcome.BLOCKED, problem=why)
        case BadRequest():
            log.error("message %s was refused", out.id)
            return Delivered(out.id, Outcome.FAILED, problem="bad_request")
        case _:
            return Delivered(out.id, Outcome.LATER)


def seconds_of(wait: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    after: int | timedelta = wait.retry_after  # a timedelta: see `adapters/telegram/__init__.py`
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def may_have_arrived(problem: TelegramError) -> bool:
    """A timeout or a broken line after the request had gone out. A reply, even a bad one, says that it was not taken."""
    return (
        isinstance(problem, NetworkError)
        and not isinstance(problem, BadRequest)
        and isinstance(problem.__cause__, httpx.HTTPError)
        and not isinstance(problem.__cause__, _UNSENT)
    )


def unchanged(no: TelegramError) -> bool:
    return "not modified" in no.message.lower()


def refuses_file(no: TelegramError) -> bool:
    """Any refusal may be about the file: pictures that can't be read, groups in which nobody may send any. What is said
    then instead shows whether it was about the chat."""
    return isinstance(no, BadRequest) or "entity too large" in no.message.lower()


def gone(no: TelegramError) -> bool:
    said = no.message.lower()
    return "message to edit not found" in said or "can't be edited" in said or "message_id_invalid" in said
