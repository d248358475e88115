"""Three hundred applicants through a recorded screen to a shortlist of ten: what the recruiter does, and how long each takes.

`python bench/funnel_300.py [N]`. Prints one JSON object a line for each step, and at last one for all of them. The same run is
`parley demo --applicants N`, which stays open for a look. Not part of `make bench`: it takes minutes.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import httpx

from bot import applicants
from bot.applicants import Run, Step
from bot.cli_applicants import stop
from bot.kits import KitLibrary
from bot.made_up import made_up
from bot.player import free_port, server, until_up

KIT = "customer-support"
AIM_S = 1.0  # for every answer that a recruiter waits for, but the work on everybody
WORK = ("invite", "applicants", "raters", "advanced", "rejected")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="parley-funnel-") as home:
        port = free_port()
        process = server(KIT, Path(home), port)
        try:
            run = asyncio.run(_played(f"http://127.0.0.1:{port}", count))
        finally:
            stop(process)
    whole = {"bench": "funnel", "applicants": count, "actions": run.actions, "requests": run.requests}
    print(json.dumps({**whole, "seconds": round(sum(s.seconds for s in run.steps), 1)}))


async def _played(base: str, count: int) -> Run:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        await until_up(client)
    kit = KitLibrary().load(KIT)
    return await applicants.play(base, kit, made_up(kit, count), _tell)


def _tell(step: Step) -> None:
    line = {"bench": "funnel", "step": step.key, "actions": step.actions, "value": round(step.seconds, 3), "unit": "s"}
    if step.key not in WORK:
        line |= {"aim": AIM_S, "met": step.seconds < AIM_S}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
