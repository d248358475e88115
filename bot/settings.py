"""All settings, read once. The only file that reads the environment. What a value must be: `settings_rules`."""

import os
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot import settings_rules as rules
from bot.settings_rules import PREFIX, sentence, setting, unknown

DEFAULT_FILE = Path("parley.env")


class SettingsProblem(Exception):
    """The settings cannot be used. `problems`: one plain sentence for each, with what to do; never a secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


_WebAddress = Annotated[str, AfterValidator(rules.web_address)]
_URL = "an address that begins with https:// or http://"
_DAYS = "a whole number from 1 to {}"


class Settings(BaseSettings):
    """Everything that can be set. Frozen; make it with `Settings.load()`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Annotated[Path, AfterValidator(rules.folder)] = setting(
        Path("~/.parley"),
        "The data folder: database, master key, backups, lock.",
        "the path of a folder",
        validate_default=True,
    )
    host: str = setting("127.0.0.1", "The address to listen on.", "the name or number of a network address")
    port: int = setting(8765, "The port to listen on.", "a whole number from 0 to 65535", ge=0, le=65535)
    public_url: _WebAddress = setting(
        "", "The address people use; invitations and links are built from it. Empty: host and port.", _URL
    )
    company: str = setting(
        "Our company", "The name that invites candidates.", "1 to 80 characters", min_length=1, max_length=80
    )
    contact: str = setting(
        "",
        "Who answers candidates' questions about their data; shown in the notice.",
        "up to 200 characters",
        max_length=200,
    )
    database_url: Annotated[str, AfterValidator(rules.database)] = setting(
        "",
        "A PostgreSQL database. Empty: a SQLite file in the data folder.",
        "an address that begins with postgresql://",
        repr=False,
    )
    master_key: Annotated[SecretStr, AfterValidator(rules.key)] | None = setting(
        None,
        "The key that wraps all other keys. Empty: the file `master.key` in the data folder, made on the first run. "
        "Keep a copy apart from the backups.",
        "32 random bytes as base64",
    )
    openai_base_url: _WebAddress = setting("", "A server that speaks the OpenAI API. Empty: no model is asked.", _URL)
    openai_api_key: SecretStr = setting(SecretStr(""), "The key for that server.", "text")
    openai_model: str = setting("", "The model to ask for.", "the name of a model")
    openai_at_once: int = setting(
        8,
        "How many readings of answers the model is asked for at a time.",
        "a whole number from 1 to 200",
        ge=1,
        le=200,
    )
    openai_tokens: int = setting(
        300_000,
        "The token budget of one interview's scorecard. What goes past it is not scored.",
        "a whole number from 1000 to 100000000",
        ge=1_000,
        le=100_000_000,
    )
    embeddings_folder: str = setting(
        "",
        "A folder with a sentence embedding model (all-MiniLM-L6-v2: tokenizer.json, model.safetensors, config.json) for "
        "the evidence map. Empty: words are compared.",
        "the path of a folder",
    )
    speech_model: str = setting(
        "",
        "The Whisper model that listens to recordings: the name of one that `parley models pull` has fetched, or a folder "
        "in CTranslate2's format. Empty: the one in the data folder, if there is one; without any, answers are written.",
        "the name of a model, or the path of a folder",
    )
    speech_processes: int = setting(
        1, "How many processes listen at a time.", "a whole number from 1 to 32", ge=1, le=32
    )
    speech_threads: int = setting(
        0, "How many threads each of them uses. 0: one for every processor.", "a whole number from 0 to 64", ge=0, le=64
    )
    transcribe_base_url: _WebAddress = setting(
        "", "A server that transcribes by the OpenAI API, instead of a model on this machine.", _URL
    )
    transcribe_api_key: SecretStr = setting(SecretStr(""), "The key for that server.", "text")
    transcribe_model: str = setting("", "The model to ask it for.", "the name of a model")
    voice: Literal["auto", "off", "espeak", "piper", "server"] = setting(
        "auto",
        "What reads questions aloud: espeak-ng, piper with `voice_model`, or the server of `voice_base_url`. auto: the "
        "server or the piper voice if one is set, else espeak-ng if it is installed, else nobody.",
        "auto, off, espeak, piper or server",
    )
    voice_model: str = setting("", "A Piper voice (the .onnx file).", "the path of a file")
    voice_base_url: _WebAddress = setting("", "A server that speaks by the OpenAI API.", _URL)
    voice_api_key: SecretStr = setting(SecretStr(""), "The key for that server.", "text")
    voice_name: str = setting("", "The voice to ask it for.", "the name of a voice")
    voice_server_model: str = setting("", "The model to ask it for.", "the name of a model")
    media_url: Annotated[str, AfterValidator(rules.media)] = setting(
        "",
        "Where recordings are kept: s3://BUCKET/PREFIX. No other Parley may use the same: recordings that this one doesn't "
        "know are deleted there. Empty: the folder `media` in the data folder.",
        "an address that begins with s3://",
    )
    media_endpoint: _WebAddress = setting("", "The address of an S3-compatible server. Empty: Amazon's own.", _URL)
    media_key_id: str = setting("", "The access key id for it. Empty: as boto3 finds it.", "text")
    media_secret: SecretStr = setting(SecretStr(""), "The secret that belongs to it.", "text")
    media_region: str = setting("", "Its region.", "text")
    recording_days: int = setting(
        30, "How long recordings are kept after the decision, in days.", _DAYS.format(3650), ge=1, le=3650
    )
    recording_minutes: int = setting(
        30, "The longest recording that is taken, in minutes.", "a whole number from 1 to 180", ge=1, le=180
    )
    recording_megabytes: int = setting(
        500, "The largest recording that is taken, in megabytes.", "a whole number from 1 to 5000", ge=1, le=5000
    )
    recording_quota: int = setting(
        2000,
        "How many megabytes of one candidate's recordings are kept at a time.",
        "a whole number from 10 to 100000",
        ge=10,
        le=100_000,
    )
    slack_bot_token: SecretStr = setting(
        SecretStr(""), "Slack: the bot token of one workspace. Empty: no Slack, or workspaces come by OAuth.", "text"
    )
    slack_app_token: SecretStr = setting(
        SecretStr(""), "Slack: the app-level token for Socket Mode. Empty: events come by HTTP.", "text"
    )
    slack_signing_secret: SecretStr = setting(
        SecretStr(""), "Slack: what its HTTP requests are signed with. Needed without an app-level token.", "text"
    )
    slack_client_id: str = setting("", "Slack: the client id, to install into several workspaces by OAuth.", "text")
    slack_client_secret: SecretStr = setting(SecretStr(""), "Slack: the client secret that belongs to it.", "text")
    slack_api_url: Annotated[str, AfterValidator(rules.folder_address)] = setting(
        "https://slack.com/api/", "Slack: the address of its Web API (GovSlack: https://slack-gov.com/api/).", _URL
    )
    telegram_token: SecretStr = setting(SecretStr(""), "Telegram: the bot's token. Empty: no Telegram.", "text")
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(rules.webhook_secret)] = setting(
        SecretStr(""),
        "Telegram: if set, updates come by webhook to the public address, with this secret. Empty: long polling.",
        "32 to 256 of the characters A-Z a-z 0-9 _ -",
    )
    telegram_api_url: _WebAddress = setting(
        "https://api.telegram.org", "Telegram: the address of the Bot API; `/bot<token>/<method>` is added.", _URL
    )
    telegram_file_url: _WebAddress = setting(
        "",
        "Telegram: where files are fetched; `/bot<token>/<path>` is added. Empty: `/file` at the Bot API's address.",
        _URL,
    )
    telegram_local: bool = setting(
        False,
        "Telegram: is that Bot API server your own, on this machine and run with `--local`? Then recordings of more than "
        "20 MB can be sent too: files are read from its disk.",
        "true or false",
    )
    telegram_rate: int = setting(
        28,
        "Telegram: messages a second in all. Telegram allows about 30, and up to 1000 where paid broadcasts are on.",
        "a whole number from 1 to 1000",
        ge=1,
        le=1000,
    )
    discord_token: SecretStr = setting(SecretStr(""), "Discord: the bot's token. Empty: no Discord.", "text")
    discord_api_url: _WebAddress = setting(
        "https://discord.com/api/v10", "Discord: the address of its REST API, with the version.", _URL
    )
    discord_rate: int = setting(
        40,
        "Discord: calls a second in all. Discord allows 50, and more to large bots that have asked.",
        "a whole number from 1 to 1000",
        ge=1,
        le=1000,
    )
    discord_gateway_url: Annotated[str, AfterValidator(rules.socket_address)] = setting(
        "", "Discord: the address of its gateway. Empty: Discord's own.", "an address that begins with wss:// or ws://"
    )
    google_client_id: str = setting("", "Google Calendar: the client id that interviewers connect with.", "text")
    google_client_secret: SecretStr = setting(
        SecretStr(""), "Google Calendar: the client secret that belongs to it.", "text"
    )
    google_service_account: str = setting(
        "",
        "Google Calendar: the key file of a service account with domain-wide delegation; interviewers need not connect.",
        "the path of a file",
    )
    google_api_url: Annotated[str, AfterValidator(rules.folder_address)] = setting(
        "https://www.googleapis.com/calendar/v3/", "Google Calendar: the address of its API.", _URL
    )
    google_token_url: _WebAddress = setting(
        "https://oauth2.googleapis.com/token", "Google Calendar: where codes and refresh tokens are exchanged.", _URL
    )
    google_auth_url: _WebAddress = setting(
        "https://accounts.google.com/o/oauth2/v2/auth", "Google Calendar: where interviewers give their consent.", _URL
    )
    calendar_hosts: str = setting(
        "",
        "Hosts on the own network whose calendars may be read; every other calendar must be on the public internet, and "
        "its address begin with https://.",
        "names of hosts with spaces between them, such as cloud.example.lan",
    )
    smtp_host: str = setting("", "The mail server for invitations. Empty: none are sent by e-mail.", "a host name")
    smtp_port: int = setting(587, "Its port.", "a whole number from 1 to 65535", ge=1, le=65535)
    smtp_user: str = setting("", "The user name for it. Empty: no sign-in.", "text")
    smtp_password: SecretStr = setting(SecretStr(""), "The password for it.", "text")
    smtp_security: Literal["starttls", "tls", "none"] = setting(
        "starttls",
        "How the connection is protected; `none` only for a server on the same machine.",
        "starttls, tls or none",
    )
    smtp_from: str = setting("", "The address that invitations come from.", "an e-mail address", max_length=200)
    time_zone: Annotated[str, AfterValidator(rules.time_zone)] = setting(
        "UTC", "The zone of the team, where nobody has said otherwise.", "the name of a zone, such as Europe/Paris"
    )
    reminders: Annotated[str, AfterValidator(rules.reminders)] = setting(
        "24h 1h", "When both sides are reminded before an interview.", "up to five lengths such as 2d, 24h or 30m"
    )
    quiet_hours: Annotated[str, AfterValidator(rules.quiet_hours)] = setting(
        "22:00-08:00",
        "When nobody is reminded, in the reader's own time. Empty: no such hours.",
        "two times: 22:00-08:00",
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "How much to log. Logs hold ids, never words.", "debug, info, warning or error"
    )
    retention_days: int = setting(
        365, "How long answers and scorecards are kept after the decision, in days.", _DAYS.format(3650), ge=1, le=3650
    )
    invite_days: int = setting(7, "How long an invitation can be used, in days.", _DAYS.format(90), ge=1, le=90)
    decision_days: int = setting(
        5, "How long after the interview a candidate should hear a decision, in days.", _DAYS.format(90), ge=1, le=90
    )

    @property
    def database_path(self) -> Path:
        """The SQLite file. Not used when `database_url` is set."""
        return self.home / "parley.db"

    @property
    def backups(self) -> Path:
        """The folder of the backups of the SQLite file."""
        return self.home / "backups"

    @property
    def models(self) -> Path:
        """The folder of the speech models that `parley models pull` has fetched, one folder each."""
        return self.home / "models"

    @property
    def media(self) -> Path:
        """The folder of the recordings, where no other store is set; and of what is on its way there."""
        return self.home / "media"

    @property
    def lock_path(self) -> Path:
        """The file that a running server holds a lock on."""
        return self.home / "serve.lock"

    def alone(self) -> Self:
        """The same, connected to no platform: for the demo, and for commands that only look into the database."""
        names = ("slack_app_token", "slack_signing_secret", "telegram_token", "discord_token")
        return self.model_copy(update=dict.fromkeys(names, SecretStr("")))

    @property
    def reminder_minutes(self) -> tuple[int, ...]:
        """How long before an interview people are reminded, in minutes, the earliest reminder first."""
        return rules.lengths(self.reminders)

    @property
    def quiet(self) -> tuple[str, str]:
        """The quiet hours as two times; ("", "") for none."""
        begin, _, end = self.quiet_hours.partition("-")
        return begin, end

    @property
    def base_url(self) -> str:
        """The address that links begin with, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def telegram_files(self) -> str:
        """The address that Telegram's files are fetched from, without a slash at the end."""
        return self.telegram_file_url or f"{self.telegram_api_url}/file"

    @classmethod
    def load(cls) -> Self:
        """The settings of this process: the environment first, then the settings file, then the defaults.

        The file is `parley.env` in the working folder, or what PARLEY_SETTINGS names. `SettingsProblem` lists
        everything that is wrong at once.
        """
        file = settings_file()
        names, problems = _names(file)
        problems += unknown(names, cls.model_fields)
        if problems and file and not os.access(file, os.R_OK):
            raise SettingsProblem(problems)
        try:
            source: dict[str, Any] = {"_env_file": file, "_env_file_encoding": "utf-8"}
            settings = cls(**source)
        except ValidationError as error:
            problems += _sentences(error)
        except UnicodeDecodeError:
            pass  # `_names` has said so already.
        else:
            if not problems:
                return settings
        raise SettingsProblem(problems)


def wrong(name: str, value: str) -> str:
    """What is wrong with one value for the setting `name` (`public_url`), as a sentence; "" when it will do."""
    try:
        source: dict[str, Any] = {"_env_file": None, name: value}
        Settings(**source)
    except ValidationError as error:
        found = [e for e in error.errors(include_input=False, include_url=False) if e["loc"][:1] == (name,)]
        return sentence(Settings.model_fields, found[0]["loc"], found[0]["type"]) if found else ""
    return ""


def would_be(lines: Mapping[str, str]) -> Settings:
    """The settings if the file held `lines` (variable -> value); the environment still wins.

    `SettingsProblem` lists what is wrong with them.
    """
    names = {PREFIX + name.upper(): name for name in Settings.model_fields}
    given = {n.upper(): v for n, v in lines.items() if v and n.upper().startswith(PREFIX)}
    problems = unknown(set(given), Settings.model_fields)
    source: dict[str, Any] = {"_env_file": None} | {
        names[n]: v for n, v in given.items() if n in names and not from_outside([n])
    }
    try:
        settings = Settings(**source)
    except ValidationError as error:
        problems += _sentences(error)
    else:
        if not problems:
            return settings
    raise SettingsProblem(problems)


def from_outside(names: Iterable[str]) -> list[str]:
    """Those of the variables `names` that the environment sets, so that a line in the settings file has no effect."""
    return [n for n in names if os.environ.get(n)]


def variable(name: str) -> str:
    """What the environment holds under a name that somebody gave on the command line; "" for nothing."""
    return os.environ.get(name, "")


def settings_file() -> Path | None:
    """The file that settings are read from, or None. A file named by PARLEY_SETTINGS need not exist."""
    named = os.environ.get("PARLEY_SETTINGS", "")
    if named:
        return Path(named).expanduser()
    # Unlike Path.is_file, this is no error in a working folder that may not be read.
    return DEFAULT_FILE.resolve() if os.path.isfile(DEFAULT_FILE) else None


def _names(file: Path | None) -> tuple[set[str], list[str]]:
    """The PARLEY_ variables that are set, and what is wrong with the file itself."""
    names, problems = set(os.environ), list[str]()
    if file is not None:
        try:
            names |= set(dotenv_values(stream=StringIO(file.read_text("utf-8"))))
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            problems.append(f"The settings file {file} cannot be read ({reason}). Check PARLEY_SETTINGS.")
        except UnicodeDecodeError:
            problems.append(f"The settings file {file} is not text in UTF-8. Save it as UTF-8.")
    return {n.upper() for n in names if n.upper().startswith(PREFIX)}, problems


def _sentences(error: ValidationError) -> list[str]:
    found = error.errors(include_input=False, include_url=False)
    return [sentence(Settings.model_fields, e["loc"], e["type"]) for e in found]
