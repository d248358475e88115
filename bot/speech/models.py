"""Speech models as folders on this machine: found, and checked before anything loads them.

A model is only ever loaded from a folder that is complete: where the tokenizer is missing, faster-whisper would silently
ask its hub for one.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES = ("tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en", "large-v3")
NEEDED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")  # one of them, depending on when the model was made
OPTIONAL = ("preprocessor_config.json",)  # older models use the defaults that it would name
RECORD = "parley-model.json"  # what was fetched, with checksums; written last


class ModelProblem(Exception):
    """A model that can't be used or fetched. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that may be loaded. name: what it is called in records ("base", or its folder's name)."""

    name: str
    folder: Path


def check(folder: Path) -> None:
    """Is it a whole model? Raises `ModelProblem`; looks at the files and loads nothing."""
    if not folder.is_dir():
        raise ModelProblem(f"There is no folder {folder}. Name the folder of a speech model in CTranslate2's format.")
    missing = [name for name in NEEDED if not _filled(folder / name)]
    if not any(_filled(folder / name) for name in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    if missing:
        raise ModelProblem(
            f"The speech model in {folder} is not complete: {', '.join(missing)} is missing or empty. "
            "Fetch it again with `parley models pull`, or copy the whole folder."
        )
    for name in ("config.json", "tokenizer.json", *OPTIONAL):
        if (folder / name).exists() and not isinstance(_json(folder / name), dict):
            raise ModelProblem(f"{folder / name} is damaged. Fetch the model again with `parley models pull`.")


def find(wanted: str, models: Path) -> Model | None:
    """The model to listen with. wanted: the setting, a folder or the name of one that was fetched into `models`; "" takes
    the largest that is there. None: there is none. Raises `ModelProblem` where one is wanted and can't be used."""
    if not wanted:
        there = fetched(models)
        return there[-1] if there else None
    folder = Path(wanted).expanduser()
    if "/" not in wanted and not folder.is_dir():
        if not (models / wanted).is_dir():
            raise ModelProblem(
                f"There is no speech model {wanted} in {models}. Run: parley models pull {wanted}"
                if wanted in NAMES
                else f"{wanted} is neither a folder nor a speech model that can be fetched ({', '.join(NAMES)})."
            )
        folder = models / wanted
    check(folder)
    return Model(folder.name, folder)


def fetched(models: Path) -> list[Model]:
    """The whole models in a folder of them, the smallest first."""
    found: list[Model] = []
    for folder in sorted(models.iterdir()) if models.is_dir() else []:
        try:
            if not folder.name.startswith("."):
                check(folder)
                found.append(Model(folder.name, folder))
        except ModelProblem:
            continue
    return sorted(found, key=lambda m: (m.folder / "model.bin").stat().st_size)


def _filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, OSError):
        return None
