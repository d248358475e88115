"""An independent reader of exports: standard library only, knows nothing of Parley but docs/reference/web-api.md."""

import json
from pathlib import Path


def given(path: Path) -> dict[str, list[str]]:
    """What each person was going to answer, by the file that was played."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return {
        r["id"]: r["answers"] if "answers" in r else [t["message"] for t in r["turns"] if t["role"] == "applicant"]
        for r in rows
    }


def check(path: Path, exports: Path) -> dict[str, int]:
    """Compare every export with what was given. Raises AssertionError at the first difference; counts what it saw."""
    counted = {"interviews": 0, "answers": 0, "left_over": 0, "quotes": 0}
    wanted = given(path)
    for file in sorted(exports.glob("*.json")):
        if file.name == "summary.json":
            continue
        data = json.loads(file.read_text("utf-8"))
        said = [u for u in data["utterances"] if u["version"] == 0]
        texts = {u["id"]: u["text"] for u in said}
        # The warm-up is heard and kept, and no part of an answer.
        answered = [u for u in said if u["step"] == "warm.up" or u["id"] in _answered(data)]
        answers = wanted[file.stem]
        assert [u["text"] for u in answered] == answers[: len(answered)], f"{file.name}: stored differs from given"
        for card in data["scorecards"]:
            for utterance, quote in _quotes(card["card"]):
                assert quote, f"{file.name}: an empty quote"
                assert quote in texts[utterance], f"{file.name}: {quote!r} is not in {utterance}"
                counted["quotes"] += 1
        counted["interviews"] += 1
        counted["answers"] += len(answered)
        counted["left_over"] += len(answers) - len(answered)
    return counted


def _answered(data: dict) -> set[str]:
    return {u["id"] for a in data["answers"] for u in a["utterances"]}


def _quotes(card: dict) -> list[tuple[str, str]]:
    marks = [m for r in card.get("results", ()) for m in r["marks"]]
    return [(m["span"]["utterance_id"], m["quote"]) for m in marks if m["span"]]


if __name__ == "__main__":
    import sys

    print(json.dumps(check(Path(sys.argv[1]), Path(sys.argv[2]))))
