"""Where the shared cases and specifications are. Absent: the test says so and skips; in CI it fails."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent


def shared(*parts: str) -> Path:
    """The path of a shared file or folder; skips (in CI: fails) when it is not there."""
    base = Path(os.environ.get("PARLEY_SHARED", "../shared"))
    path = (base if base.is_absolute() else _ROOT / base).joinpath(*parts)
    if not path.exists():
        message = f"PARLEY_SHARED has no {'/'.join(parts)}: this part was not tested"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
