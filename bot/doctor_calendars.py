"""What the doctor says about calendars and the mail server: what is half set up, and whether mail can go out."""

import json
import smtplib
from contextlib import closing
from pathlib import Path

from bot.doctor_net import PATIENCE_S
from bot.findings import Finding, bad, good, reason, warn
from bot.settings import Settings


def calendars(settings: Settings) -> list[Finding]:
    """Google by consent, Google by a service account, invitations by e-mail. No calendar at all is fine."""
    found = [f for f in (_client(settings), _service(settings), _mail(settings)) if f is not None]
    return found or [
        good("No Google Calendar and no mail server are set up; Parley keeps the interviewers' hours itself.")
    ]


def _client(settings: Settings) -> Finding | None:
    client, secret = settings.google_client_id, settings.google_client_secret.get_secret_value()
    if not client and not secret:
        return None
    if not client or not secret:
        missing = "PARLEY_GOOGLE_CLIENT_ID" if not client else "PARLEY_GOOGLE_CLIENT_SECRET"
        return warn(f"Google Calendar is half set up: {missing} is missing.", f"Set {missing}.")
    if not settings.public_url.startswith("https://"):
        return warn(
            "Google Calendar: interviewers can't come back from Google to this machine's own address.",
            "Set PARLEY_PUBLIC_URL to an address that begins with https://. Without it changes are not pushed, either.",
        )
    back = f"{settings.public_url}/calendar/google/callback"
    return good(f"Google Calendar is set up. {back} has to be one of the client's redirect addresses.")


def _service(settings: Settings) -> Finding | None:
    if not settings.google_service_account:
        return None
    path = Path(settings.google_service_account).expanduser()
    try:
        kind = json.loads(path.read_text("utf-8")).get("type")
    except OSError as error:
        return bad(f"The Google service account {path} can't be read ({reason(error)}).", "Put the key file there.")
    except (ValueError, AttributeError):
        kind = None
    if kind != "service_account":
        return bad(f"{path} is no key of a service account.", "Download a key of the type JSON for it again.")
    return good("The Google service account's key can be read.")


def _mail(settings: Settings) -> Finding | None:
    """Connects and greets; nothing is sent, and no password is given."""
    if not settings.smtp_host:
        return None
    if not settings.smtp_from:
        return warn("Invitations by e-mail are half set up: there is no sender.", "Set PARLEY_SMTP_FROM.")
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    try:
        with closing(kind(settings.smtp_host, settings.smtp_port, timeout=PATIENCE_S)) as server:
            server.ehlo()
            if settings.smtp_security == "starttls" and not server.has_extn("starttls"):
                return warn(f"The mail server {where} offers no STARTTLS.", "Set PARLEY_SMTP_SECURITY to tls.")
    except OSError as error:  # those of smtplib are OSErrors, too
        why = type(error).__name__ if isinstance(error, smtplib.SMTPException) else reason(error)
        return warn(
            f"The mail server {where} does not answer ({why}).",
            "Check PARLEY_SMTP_HOST, PARLEY_SMTP_PORT and PARLEY_SMTP_SECURITY. Invitations wait until it does.",
        )
    return good(f"The mail server {where} answers.")
