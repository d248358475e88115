"""Made-up applicants through a recorded screen to decisions, over real HTTP against a demo server of its own."""

import asyncio
from pathlib import Path
from random import Random

import httpx
import pytest

from bot import applicants, cli_applicants
from bot.applicants import Run
from bot.kits import KitLibrary
from bot.made_up import level, made_up
from bot.player import free_port, server, until_up
from flows.words import applicants_en as words

COUNT = 3


def test_they_are_the_same_people_each_time_and_all_different():
    kit = KitLibrary().load("customer-support")
    people = made_up(kit, 300)
    assert people == made_up(kit, 300)
    assert len({p.name for p in people}) == 300
    assert {q.ask for q in kit.questions} == set(people[0].answers)
    lengths = [len(a.split()) for p in people for a in p.answers.values()]
    assert min(lengths) < 40 < 100 < max(lengths), "some are terse and some wordy"
    strong, weak = (sum(sum(p.skill.values()) > 0.7 * len(p.skill) for p in people), len(people))
    assert 0 < strong < weak


def test_a_made_up_rater_is_near_the_truth_and_within_the_scale():
    chance = Random(1)
    assert {level(1.0, chance) for _ in range(50)} <= {4, 5}
    assert {level(0.0, chance) for _ in range(50)} <= {1, 2}


async def played(base: str) -> Run:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        await until_up(client)
    kit = KitLibrary().load("customer-support")
    return await applicants.play(base, kit, made_up(kit, COUNT))


@pytest.mark.slow
def test_a_few_of_them_come_to_a_decision(tmp_path: Path):
    port = free_port()
    process = server("customer-support", tmp_path, port)
    try:
        run = asyncio.run(played(f"http://127.0.0.1:{port}"))
    finally:
        cli_applicants.stop(process)
    assert [s.key for s in run.steps] == [k for k in words.STEPS if not k.startswith("reject")], "nobody is left"
    said = {s.key: s.seen for s in run.steps}
    assert said["list"] == f"Your list: {COUNT} people can be invited."
    assert said["shortlist"].startswith("For 10 places: 3 people so far.")
    assert said["advanced"].startswith("3 people advanced.")
    table = cli_applicants.table(run)
    assert table.row_count == len(run.steps) + 1
