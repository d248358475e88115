"""Record the journals that every later version of the code must replay.

    python -m tests.flows.record_journals            records the scenes that have no journal yet
    python -m tests.flows.record_journals --again    records all of them anew

`--again` is for the time before a conversation's version is released. Afterwards its journals are proof
that people in the middle of it can go on: copy `v1.py` to `v2.py` instead.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tests.flows.scenes import SCENES, Acted, Scene

JOURNALS = Path(__file__).resolve().parents[1] / "journals"


def path_of(scene: Scene, acted: Acted) -> Path:
    return JOURNALS / acted.flow.play.id.replace("/", "-") / f"{scene.id}.json"


def recorded(acted: Acted) -> dict[str, Any]:
    """`{"play", "args", "seed", "state", "result", "journal"}`; a kit is stored whole."""
    args = {k: v.model_dump(mode="json") if isinstance(v, BaseModel) else v for k, v in acted.flow.args.items()}
    return {
        "play": acted.flow.play.id,
        "seed": acted.flow.seed,
        "args": args,
        "state": acted.last.state,
        "result": acted.last.result,
        "journal": acted.journal.to_json(),
    }


def main(again: bool) -> None:
    for scene in SCENES:
        acted = scene.act()
        path = path_of(scene, acted)
        if again or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(recorded(acted), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"recorded {path.relative_to(JOURNALS)}")


if __name__ == "__main__":
    main("--again" in sys.argv[1:])
