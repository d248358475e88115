"""What the doctor asks of the network: the port, the model, PostgreSQL. Short waits; secrets are never repeated."""

import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from bot.findings import Finding, bad, good, reason, warn
from bot.settings import Settings

if TYPE_CHECKING:
    import httpx

PATIENCE_S = 3.0


def port(settings: Settings) -> Finding:
    """Whether the address can be listened on. Not asked while our own server runs."""
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind)) as trial:
            # As a server does: a port that was just left counts as free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except socket.gaierror:
        return bad(
            f"The host {settings.host} is not known on this machine.", "Set PARLEY_HOST to 127.0.0.1 or 0.0.0.0."
        )
    except OSError as error:
        return bad(
            f"Parley cannot listen on {where} ({reason(error)}).",
            "Stop the program that uses the port, or choose another with PARLEY_PORT.",
        )
    return good(f"Parley can listen on {where}.")


def model(settings: Settings) -> Finding:
    """Whether the model's server answers, knows the key and has the model. No model at all is fine."""
    base, name = settings.openai_base_url, settings.openai_model
    if not base:
        if name or settings.openai_api_key.get_secret_value():
            return warn("A model is half set up: there is no address.", "Set PARLEY_OPENAI_BASE_URL.")
        return good("No model is set up; answers are read by rules alone.")
    if not name:
        return warn("A model is half set up: it is not said which.", "Set PARLEY_OPENAI_MODEL.")
    import httpx  # only here, since it takes a while and `parley serve` asks this module about the database

    key = settings.openai_api_key.get_secret_value()
    try:
        answer = httpx.get(
            f"{base}/models", headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=PATIENCE_S
        )
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return warn(
            f"The model's server does not answer at {base} ({type(error).__name__}).",
            "Start it, or correct PARLEY_OPENAI_BASE_URL. Until then answers are read by rules alone.",
        )
    return _answer(answer, base, name)


def _answer(answer: "httpx.Response", base: str, name: str) -> Finding:
    if answer.status_code in (401, 403):
        return bad(f"The model's server at {base} refuses the key.", "Correct PARLEY_OPENAI_API_KEY.")
    if answer.status_code != 200:
        return warn(
            f"The model's server at {base} answered {answer.status_code} when asked for its models.",
            "Correct PARLEY_OPENAI_BASE_URL; it often ends in /v1.",
        )
    names = _names(answer)
    if names is None:
        return warn(f"What answers at {base} does not speak the OpenAI API.", "Correct PARLEY_OPENAI_BASE_URL.")
    if name not in names:
        return warn(
            f"The model's server at {base} has no model called {name}.",
            f"Set PARLEY_OPENAI_MODEL to one of: {', '.join(sorted(names)[:8]) or '(it has none)'}.",
        )
    return good(f"The model {name} is there.")


def _names(answer: "httpx.Response") -> set[str] | None:
    try:
        body: Any = answer.json()
        return {str(entry["id"]) for entry in cast(list[dict[str, object]], body["data"])}
    except (ValueError, KeyError, TypeError):
        return None


def postgres(url: str, head: str) -> Finding:
    """Whether the PostgreSQL server lets us in, and whether its tables are those of this version."""
    import psycopg  # only here: who keeps to SQLite should not wait for it at every start

    remedy = "Start the server, or correct PARLEY_DATABASE_URL."
    try:
        with closing(
            psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), connect_timeout=int(PATIENCE_S))
        ) as database:
            database.read_only = True
            if database.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
                return version(None, head)
            found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error as error:
        # The library's message may repeat the address with its password: only its kind is told.
        return bad(f"The PostgreSQL database cannot be used ({type(error).__name__}).", remedy)
    return version(str(found[0]) if found else None, head)


def version(found: str | None, head: str) -> Finding:
    """What the version of the tables means for a program that needs `head`."""
    if found is None:
        return warn("The database has no tables yet.", "Run: parley migrate")
    if found != head:
        return bad(
            f"The database has version {found}; this Parley needs {head}.",
            "Run: parley migrate. If a newer Parley was here before, install that one again.",
        )
    return good("The database is readable and up to date.")
