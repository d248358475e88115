"""How long the engine takes to come to where a journal ends: it does so in every turn."""

from time import perf_counter

import common
import orjson

from bot.kits import KitLibrary
from flows.engine import turn
from flows.events import Returned, Said, Tapped
from flows.ledger import Journal
from flows.playbill import PLAYBILL
from flows.registry import Flow
from flows.requests import Broadcast, Enough, encode_result

STEPS = 40
ROUNDS = 400


def journal(flow: Flow) -> Journal:
    """The journal of a real interview of the shipped kit, played until it has at least `STEPS` entries."""
    now, last = Journal(), turn(flow, Journal(), None, None, 1)
    now.entries += last.entries
    while len(now.entries) < STEPS:
        at = len(now.entries) * 1000
        if last.calls:
            key, request = last.calls[-1]
            result = Enough() if type(request).__name__ == "ChooseProbe" else Broadcast()
            happening = Returned(key, encode_result(result), at)
        elif last.waiting is not None and last.waiting.done is not None and not last.settled and _heard(now):
            happening = Tapped(last.waiting.token, "done", at)
        elif last.waiting is not None and last.waiting.done is not None:
            happening = Said(f"u_{at}", common.ANSWER, at)
        else:
            assert last.waiting is not None
            happening = Tapped(last.waiting.token, "go" if last.waiting.key == "half.way" else "none", at)
        last = turn(flow, now, None, happening)
        now.entries += last.entries
        if isinstance(happening, Said):
            now.told[happening.id] = [happening.text]
    return now


def _heard(now: Journal) -> bool:
    return now.entries[-1].kind == "part"


def main() -> None:
    args = {"candidate_name": "Ada", "company": "Acme", "role_title": "Support", "next_steps": "", "contact": ""}
    play = PLAYBILL.newest("interview")
    flow = Flow(play, "c_bench", {**args, "kit": KitLibrary().load(common.KIT)})
    full = journal(flow)
    stored = orjson.dumps(full.to_json())
    took, bare = list[float](), list[float]()
    for _ in range(ROUNDS):
        at = perf_counter()
        now = turn(flow, full, None, None, 1)
        took.append(perf_counter() - at)
        at = perf_counter()
        orjson.loads(stored)
        bare.append(perf_counter() - at)
    if now.entries or now.waiting is None:
        raise SystemExit("The replay did not come to where the journal ends.")
    scale = STEPS / len(full.entries) * 1000
    ms = common.percentile(took, 50) * scale
    common.context("replay", entries=len(full.entries), p99_ms=common.percentile(took, 99) * scale, rounds=ROUNDS)
    baseline = "reading the same journal as JSON with orjson, ms"
    base = common.percentile(bare, 50) * scale
    common.Figure("replay", ms, f"ms per {STEPS} entries", baseline, base, "under 1 ms", ms < 1).print()
