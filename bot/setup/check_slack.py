"""Is Slack set up right? First what the settings say by themselves, then what Slack says."""

from bot.findings import Finding, bad, good, warn
from bot.settings import Settings
from bot.setup.ask import NoReply, Platform, Reply, ask, clock_skew, limited, shown
from bot.setup.slack import APP_SCOPE, EVENTS_PATH, INSTALL_PATH, SCOPES

BOT, APP, SIGNING = "PARLEY_SLACK_BOT_TOKEN", "PARLEY_SLACK_APP_TOKEN", "PARLEY_SLACK_SIGNING_SECRET"
CLIENT, CLIENT_KEY = "PARLEY_SLACK_CLIENT_ID", "PARLEY_SLACK_CLIENT_SECRET"

# Where the right one is found, said whenever a wrong one is.
_BOT_REMEDY = f"Copy the Bot User OAuth Token (xoxb-...) from Slack's page Install App into {BOT}."
_APP_REMEDY = (
    f"Make a token with the scope {APP_SCOPE} under Basic Information, App-Level Tokens, and put it into {APP}."
)
_REFUSED = {
    "invalid_auth": "is not a token that Slack knows",
    "not_authed": "is not a token that Slack knows",
    "account_inactive": "belongs to a workspace that has removed Parley",
    "token_revoked": "was revoked",
    "token_expired": "has expired",
    "not_allowed_token_type": "is a token of another kind",
}


def configured(settings: Settings) -> bool:
    """Has anybody begun to set Slack up?"""
    return any((settings.slack_client_id, *_secrets(settings)))


def _secrets(settings: Settings) -> tuple[str, str, str, str]:
    return (
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.slack_signing_secret.get_secret_value(),
        settings.slack_client_secret.get_secret_value(),
    )


def half(settings: Settings) -> list[Finding]:
    """What the settings say without asking Slack: missing is a warning, a contradiction is bad."""
    bot, app, signing, secret = _secrets(settings)
    client, found = settings.slack_client_id, list[Finding]()
    if bool(client) != bool(secret):
        has, lacks = (CLIENT, CLIENT_KEY) if client else (CLIENT_KEY, CLIENT)
        found.append(warn(f"Slack is half set up: {has} is set, {lacks} is not.", f"Set {lacks}, or remove {has}."))
    if not bot and not (client and secret):
        found.append(warn("Slack is half set up: there is no bot token.", _BOT_REMEDY))
    if not app and not signing:
        found.append(
            warn(
                "Slack is half set up: there is no way for events to come in.",
                f"Set {APP} (Socket Mode, the easier one), or {SIGNING} (HTTP).",
            )
        )
    if app and signing:
        found.append(
            good("Slack events come by Socket Mode; the signing secret is not used while there is an app token.")
        )
    by_http, several = bool(signing and not app), bool(client and secret)
    found += _wrong_kind(bot, app) + _address(settings, by_http=by_http, several=bool(client))
    if any(f.level != "good" for f in found):
        return found
    if several:
        where = settings.public_url + INSTALL_PATH
        found.append(good(f"Slack: workspaces install Parley at {where}, and bring their own tokens."))
    if by_http:
        found.append(good(f"Slack sends events to {settings.public_url}{EVENTS_PATH}."))
    return found


def _wrong_kind(bot: str, app: str) -> list[Finding]:
    found = list[Finding]()
    if bot.startswith(("xapp-", "xoxp-")):
        kind = "an app-level token" if bot.startswith("xapp-") else "a person's token"
        found.append(bad(f"{BOT} holds {kind}.", _BOT_REMEDY))
    if app and app.startswith("xox"):
        found.append(bad(f"{APP} holds a bot's or a person's token.", _APP_REMEDY))
    return found


def _address(settings: Settings, *, by_http: bool, several: bool) -> list[Finding]:
    if not (by_http or several) or settings.public_url.startswith("https://"):
        return []
    why = "sends events" if by_http else "leads back after an installation"
    say = bad if settings.public_url else warn
    return [
        say(
            f"Slack {why} to an address with https:// only, and PARLEY_PUBLIC_URL is not one.",
            f"Set PARLEY_PUBLIC_URL{', or use Socket Mode: set ' + APP if by_http else ''}.",
        )
    ]


def live(settings: Settings, now_ms: int) -> list[Finding]:
    """What Slack says about the tokens. now_ms: this machine's clock."""
    slack = Platform("Slack", settings.slack_api_url, "PARLEY_SLACK_API_URL")
    bot, app, _, _ = _secrets(settings)
    found = list[Finding]()
    usable = bot and not _wrong_kind(bot, "")
    reply = _call(slack, "auth.test", bot) if usable else _call(slack, "api.test", "")
    if isinstance(reply, NoReply):
        return [reply.finding]
    found += clock_skew(slack, reply, now_ms)
    if usable:
        found += _bot(slack, reply, bot)
    if app and not _wrong_kind("", app):
        reply = _call(slack, "apps.connections.open", app)
        found += [reply.finding] if isinstance(reply, NoReply) else _app(slack, reply)
    return found


def _call(slack: Platform, method: str, token: str) -> Reply | NoReply:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return ask(slack, slack.url + method, form={}, headers=headers)


def _bot(slack: Platform, reply: Reply, token: str) -> list[Finding]:
    if pause := limited(slack, reply):
        return [pause]
    if not reply.body.get("ok"):
        return [_refused(BOT, reply, _BOT_REMEDY)]
    if not reply.body.get("bot_id"):
        return [bad(f"{BOT} belongs to a person, not to the bot.", _BOT_REMEDY)]
    who, team = shown(reply.body.get("user", ""), token), shown(reply.body.get("team", ""), token)
    return [good(f"Slack knows the bot token: {who} in the workspace {team}."), *_scopes(reply)]


def _scopes(reply: Reply) -> list[Finding]:
    told = reply.headers.get("x-oauth-scopes")
    if told is None:
        return [warn("Slack did not say which scopes the bot token has.", "Compare them with: parley setup slack.")]
    granted = {s.strip() for s in told.split(",")} - {""}
    remedy = "Paste the manifest (parley setup slack --manifest) under App Manifest, and install the app again."
    found = [
        bad(f"Slack: the scope {s} is missing; it is there to {SCOPES[s]}.", remedy) for s in SCOPES.keys() - granted
    ]
    found.sort(key=lambda f: f.what)
    if extra := sorted(granted - SCOPES.keys()):
        what = f"Slack: the bot may do more than it needs: {', '.join(shown(s) for s in extra)}."
        found.append(warn(what, remedy))
    return found or [good(f"Slack: the bot has the {len(SCOPES)} scopes it needs, and no more.")]


def _app(slack: Platform, reply: Reply) -> list[Finding]:
    if pause := limited(slack, reply):
        return [pause]
    if reply.body.get("ok"):
        return [good("Slack knows the app-level token: events come by Socket Mode.")]
    if reply.body.get("error") == "missing_scope":
        return [bad(f"Slack: the app-level token lacks the scope {APP_SCOPE}.", _APP_REMEDY)]
    return [_refused(APP, reply, f"{_APP_REMEDY} Socket Mode must be switched on.")]


def _refused(setting: str, reply: Reply, remedy: str) -> Finding:
    code = shown(reply.body.get("error", reply.status))
    return bad(f"Slack refuses {setting}: it {_REFUSED.get(code, 'cannot be used')} ({code}).", remedy)
