"""The reference page of the settings: `python -m bot.settings_page` prints it."""

import sys

from pydantic import SecretStr

from bot.settings import Settings
from bot.settings_rules import PREFIX, must_be


def reference() -> str:
    """The page docs/reference/settings.md, made from the fields of `Settings`."""
    lines = [
        "# Settings",
        "",
        "<!-- Made from bot/settings.py: python -m bot.settings_page > docs/reference/settings.md -->",
        "",
        "All settings are read once, when Parley starts. Each is an environment variable or a line `NAME=value` in the",
        "file `parley.env` in the working folder; `PARLEY_SETTINGS` names a different file. The environment wins over",
        "the file. A setting left empty has its default. `parley doctor` says what is missing or wrong.",
        "",
        "| Name | What it is | Must be | Default |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = f"`{default}`" if default not in ("", None) else "(empty)"
        lines.append(f"| `{PREFIX}{name.upper()}` | {field.description} | {must_be(field)} | {shown} |")
    lines += [
        "",
        "Make a master key with:",
        "",
        "```",
        'python -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())"',
        "```",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
