"""Can Parley listen, and read aloud? Looks, and loads nothing."""

import shutil

from bot.findings import Finding, bad, good
from bot.settings import Settings
from bot.speech import models


def speech(settings: Settings) -> list[Finding]:
    """What there is to say about recordings. That nothing listens is a choice: answers are written then."""
    found = [_ear(settings)]
    if settings.voice == "espeak" and shutil.which("espeak-ng") is None:
        found.append(bad("Questions are to be read aloud by espeak-ng, and it isn't installed.", "Install espeak-ng."))
    return found


def _ear(settings: Settings) -> Finding:
    if settings.transcribe_base_url:
        if not settings.transcribe_model:
            return bad("A server that transcribes is set, and no model to ask it for.", "Set PARLEY_TRANSCRIBE_MODEL.")
        return good("A server listens to recordings.")
    try:
        model = models.find(settings.speech_model, settings.models)
    except models.ModelProblem as problem:
        what, _, remedy = str(problem).partition(". ")
        return bad(what.rstrip(".") + ".", remedy or "Run: parley models list")
    if model is None:
        return good("Nothing listens to recordings, so answers are written. To change that: parley models pull base")
    return good(f"The speech model {model.name} listens to recordings.")
