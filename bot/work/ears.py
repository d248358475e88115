"""What listens to recordings, by the settings."""

from bot.log import get
from bot.settings import Settings
from bot.speech.contract import Ear
from bot.speech.ear import LocalEar
from bot.speech.models import ModelProblem, find

log = get("ear")


def ear_of(settings: Settings) -> Ear | None:
    """A server if one is named, else a model on this machine; None where there is neither, and answers are written."""
    if settings.transcribe_base_url and settings.transcribe_model:
        # Imported only where a server is configured: its client alone takes longer to load than all of Parley.
        from bot.work.hosted_ear import hosted_ear

        return hosted_ear(settings)
    try:
        model = find(settings.speech_model, settings.models)
    except ModelProblem:
        log.error("speech_model_unusable")  # `parley doctor` says why
        return None
    return LocalEar(model, settings.speech_processes, settings.speech_threads) if model is not None else None
