"""A team's own double ratings: what counts, the figures, the verdict, and the way from the database to the printed table."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from bot import cli
from bot.calibration.figures import NEEDED, NEVER, Figures, figures, keep
from bot.calibration.own import MATCHING, Rated, Unit, collect, similarity
from bot.store.rows import DataKey, Measurement
from bot.work.script import trust
from flows.rating.evidence import evidence_map
from flows.rating.matching import level_by_cuts
from tests.bot.stagehand import MASTER_KEY, Stage, acting
from tests.flows.rating.small_kit import GOOD, KIT, OWNERSHIP

UNIT = Unit("test-engineer", 3, "outage", "ownership", MATCHING)
MODEL = Unit("test-engineer", 3, "outage", "ownership", "llm-evidence/m@host/abc")


def rated(count: int, noise: int = 0, long: int = 7) -> list[Rated]:
    """Answers of levels 1 to 5 whose similarity follows the level; length does not."""
    found: list[Rated] = []
    for n in range(count):
        level = n % 5 + 1
        second = max(1, min(5, level + (n * 7 % 3 - 1 if n < noise else 0)))
        found.append(Rated((level, second), 40 + n * 13 % long, level / 10 + n % 3 / 100, level))
    return found


def test_thirty_are_needed_and_the_rest_is_said():
    found = figures(UNIT, rated(12))
    assert (found.answers, found.missing, found.verdict, found.qwk) == (12, NEEDED - 12, "", None)


def test_a_scorer_that_follows_people_is_usable_and_gets_cut_points():
    found = figures(UNIT, rated(60, noise=12))
    assert found.verdict == "usable"
    assert found.qwk is not None
    assert found.people is not None
    assert found.length is not None
    assert found.gain is not None
    assert 0.6 < found.qwk.low < found.qwk.value < found.qwk.high <= 1
    assert found.people.value > 0.8
    assert found.length.value < 0.4
    assert found.gain.low > 0
    assert found.abstained == 0
    assert list(found.cuts) == sorted(found.cuts)
    # The very function that scores with them gives the levels people gave.
    assert [level_by_cuts(level / 10 + 0.01, found.cuts) for level in range(1, 6)] == [1, 2, 3, 4, 5]


def test_a_scorer_that_knows_nothing_is_off():
    deaf = [Rated(r.humans, r.words, (n * 31 % 17) / 17) for n, r in enumerate(rated(60))]
    found = figures(UNIT, deaf)
    assert found.verdict == "off"
    assert found.qwk is not None
    assert found.qwk.low <= 0


def test_what_length_alone_could_say_is_never_usable():
    talk = [Rated(r.humans, r.humans[0] * 50, r.value) for r in rated(60)]
    found = figures(UNIT, talk)
    assert found.length is not None
    assert found.length.value > 0.9
    assert found.verdict == "assist-only"


def test_levels_that_nobody_gave_have_no_beginning_inside_the_scale():
    two = [Rated((2, 2) if n % 2 else (3, 3), 40 + n % 5, 0.2 if n % 2 else 0.6) for n in range(40)]
    assert figures(UNIT, two).cuts == (0.0, pytest.approx(0.4), NEVER, NEVER)


def test_a_model_has_no_cut_points_and_what_it_left_is_counted():
    some = [Rated(r.humans, r.words, None, None if n % 6 == 0 else r.level) for n, r in enumerate(rated(60))]
    found = figures(MODEL, some)
    assert found.answers == 50
    assert found.abstained == pytest.approx(1 / 6)
    assert found.cuts == ()
    assert found.verdict == "usable"


def test_the_same_seed_gives_the_same_figures():
    assert figures(UNIT, rated(40, 20), seed=5) == figures(UNIT, rated(40, 20), seed=5)


def test_several_answers_count_by_their_best_evidence():
    keys = list(OWNERSHIP.indicators)
    thin = "It was a long day and there was a lot going on everywhere, and so everybody went home late that evening, as ever."
    maps = [evidence_map(OWNERSHIP, keys, (("u", t),), "en", ["en"]) for t in (GOOD, thin)]
    both, good = similarity(maps), similarity(maps[:1])
    assert both is not None
    assert good is not None
    assert both >= good > 0.5
    assert similarity([evidence_map(OWNERSHIP, keys, (("u", "Too short."),), "en", ["en"])]) is None


# -- from the database ----------------------------------------------------------------------------------------


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


async def rated_by(stage: Stage, candidate: str, *levels: str) -> Any:
    """A finished interview, rated by the panel with these levels (fewer of them: it stays sealed)."""
    seat = await stage.finished(candidate)
    for name, level in zip(("Tom", "Priya"), levels, strict=False):
        await stage.seats[name].rates(candidate, level=level)
    return seat


async def collected(stage: Stage) -> dict[Unit, list[Rated]]:
    app = stage.app
    return await app.store.read(lambda tx: collect(tx, app.keys, app.tenant_id))


async def test_only_double_ratings_before_the_reveal_count(stage: Stage):
    await rated_by(stage, "Ada Okoye", "4", "2")
    await rated_by(stage, "Bo Lind", "3")
    found = await collected(stage)
    assert set(found) == {UNIT, Unit("test-engineer", 3, "upset", "care", MATCHING)}
    (ada,) = found[UNIT]
    assert sorted(ada.humans) == [2, 4]
    assert ada.words > 50
    assert ada.value is not None
    assert ada.value > 0.5
    # Opened early: one card was given before, and a late one after it. That is one rating.
    await stage.seats["Noor"].orders("/interview reveal Bo because the deadline is today")
    await stage.seats["Priya"].rates("Bo Lind", level="5")
    assert len((await collected(stage))[UNIT]) == 1


async def test_whoever_is_erased_is_in_no_figure(stage: Stage):
    ada = await rated_by(stage, "Ada Okoye", "4", "2")
    assert await collected(stage)
    tenant = stage.app.tenant_id
    await stage.app.store.commit(
        lambda tx: tx.delete(DataKey, {"tenant_id": tenant, "subject_id": ada.who.person_id})
    )  # fmt: skip
    stage.app.keys.forget(tenant, ada.who.person_id)
    assert await collected(stage) == {}


async def test_what_was_measured_is_kept_for_exactly_this_kit_and_scorer(stage: Stage):
    measured = [figures(UNIT, rated(60)), figures(MODEL, rated(60)), Figures(MODEL, 3)]
    tenant, at = stage.app.tenant_id, stage.clock.now()
    assert await stage.app.store.commit(lambda tx: keep(tx, tenant, measured, at)) == 2
    assert await stage.app.store.commit(lambda tx: keep(tx, tenant, measured[:1], at + 1)) == 1
    rows = await stage.rows(Measurement, "scorer")
    assert [(r["scorer"], r["verdict"], r["at"]) for r in rows] == [
        (MATCHING, "usable", at + 1), (MODEL.scorer, "usable", at),
    ]  # fmt: skip
    assert orjson.loads(rows[0]["figures"])["answers"] == 60
    held = await stage.app.store.read(lambda tx: trust(tx, tenant, KIT, MATCHING))
    assert held["outage", "ownership"].verdict == "usable"
    assert len(held["outage", "ownership"].cuts) == 4
    newer = KIT.model_copy(update={"version": 4})
    assert await stage.app.store.read(lambda tx: trust(tx, tenant, newer, MATCHING)) == {}


def ordered(home: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setenv("PARLEY_HOME", str(home))
    monkeypatch.setenv("PARLEY_MASTER_KEY", MASTER_KEY.get_secret_value())
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.chdir(home)
    return CliRunner().invoke(cli.app, ["calibrate", *words])


def test_the_command_says_how_many_are_missing(home: Path, monkeypatch: pytest.MonkeyPatch):
    nothing = ordered(home, monkeypatch)
    assert nothing.exit_code == 1
    assert "30 answers are needed that two people have rated" in " ".join(nothing.output.split())


async def test_two_interviews_are_not_enough(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    import asyncio

    await rated_by(stage, "Ada Okoye", "4", "2")
    result = await asyncio.to_thread(ordered, stage.settings.home, monkeypatch, "--out", "own.json")
    told = " ".join(result.output.split())
    assert result.exit_code == 1, told
    assert "test-engineer 3, outage, ownership, evidence-map: 1 answers rated by two people, 29 more needed." in told
    report = orjson.loads((stage.settings.home / "own.json").read_bytes())
    assert [u["answers"] for u in report["units"]] == [1, 1]
    assert await stage.rows(Measurement) == []


@pytest.mark.slow
async def test_thirty_two_interviews_are(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    import asyncio

    for n in range(32):
        level = str(n % 5 + 1)
        await rated_by(stage, f"Candidate Number{n}", level, str(min(5, n % 5 + 1 + n % 2)))
    result = await asyncio.to_thread(ordered, stage.settings.home, monkeypatch)
    assert result.exit_code == 0, result.output
    rows = await stage.rows(Measurement, "question")
    # Everybody gave the same answer, so text matching can't tell them apart, and says so.
    assert [(r["question"], r["competency"], r["verdict"]) for r in rows] == [
        ("outage", "ownership", "off"), ("upset", "care", "off"),
    ]  # fmt: skip
    assert "test-engineer 3" in result.output
