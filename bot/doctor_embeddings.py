"""Can the evidence map use the sentence embeddings that the settings name? Looks, and loads nothing."""

import importlib.util
from pathlib import Path

from bot.findings import Finding, bad, good
from bot.settings import Settings

FILES = ("tokenizer.json", "config.json", "model.safetensors")
PACKAGES = ("numpy", "tokenizers", "safetensors")


def missing(folder: str) -> list[str]:
    """The files and packages that are not there."""
    place = Path(folder).expanduser()
    files = [str(place / name) for name in FILES if not (place / name).is_file()]
    return files + [f"the package {name}" for name in PACKAGES if importlib.util.find_spec(name) is None]


def embeddings(settings: Settings) -> list[Finding]:
    """Nothing to say where none are set: the evidence map compares words then."""
    if not settings.embeddings_folder:
        return []
    gone = missing(settings.embeddings_folder)
    if not gone:
        return [good("The sentence embeddings can be used.")]
    remedy = "Put the files of all-MiniLM-L6-v2 there and install parley[embeddings]; until then words are compared."
    return [bad(f"The sentence embeddings lack {', '.join(gone)}.", remedy)]
