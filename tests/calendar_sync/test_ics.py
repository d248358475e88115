"""ICS import against the public calendar files, their facts, and the damage that files come with."""

import os
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import orjson
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot import cli_check
from calendar_sync.ics import Caps, Reader, busy_of, import_feed
from calendar_sync.ics_check import check_folder, differences
from calendar_sync.ics_split import near, plain, split
from tests.shared import shared

ROOT = Path(__file__).resolve().parents[2]
BERLIN = ZoneInfo("Europe/Berlin")
SERVER_ZONES = (
    *("UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"),
    *("Pacific/Kiritimati", "Pacific/Honolulu", "America/Santiago", "Asia/Beirut", "Pacific/Chatham"),
)
LO, HI = (int(datetime(2026, m, 1, tzinfo=UTC).timestamp()) // 60 for m in (3, 5))
READER = Reader(BERLIN)
ANY_WINDOW = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC), ZoneInfo("UTC"))


def calendar(*events: str, head: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{e.strip()}\nEND:VEVENT\n" for e in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def event(uid: str, start: str, *more: str) -> str:
    return "\n".join((f"UID:{uid}", f"DTSTART{start}", *more))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def read(data: bytes, reader: Reader = READER):
    return import_feed(data, LO, HI, reader)


def starts(data: bytes, reader: Reader = READER) -> list[str]:
    return [datetime.fromtimestamp(i.start, UTC).strftime("%m-%dT%H:%M") for i in read(data, reader).instances]


def test_every_public_file_is_read_as_its_facts_say():
    checked = check_folder(shared("cases", "ics"), *ANY_WINDOW)
    assert len(checked) >= 40
    assert [(c.file, c.differs) for c in checked if c.differs] == []


def test_no_file_changes_what_another_means():
    """Two feeds may define different zones of one name: any order, and again, must give the same."""
    folder = shared("cases", "ics")
    facts: list[dict[str, Any]] = [
        f for f in orjson.loads((folder / "MANIFEST.json").read_bytes())["files"] if "window" in f
    ]

    def one(fact: dict[str, Any]):
        lo, hi = (at(w) // 60 for w in fact["window"])
        return import_feed((folder / fact["file"]).read_bytes(), lo, hi, Reader(ZoneInfo(fact["owner_tz"])))

    first = {f["file"]: one(f) for f in facts}
    for seed in range(3):
        random.Random(seed).shuffle(facts)
        assert {f["file"]: one(f) for f in facts} == first


def test_the_prefilter_changes_nothing_in_the_public_files():
    folder = shared("cases", "ics")
    looked = 0
    for fact in orjson.loads((folder / "MANIFEST.json").read_bytes())["files"]:
        if "window" not in fact:
            continue
        lo, hi = (at(w) // 60 for w in fact["window"])
        zone, data = ZoneInfo(fact["owner_tz"]), (folder / fact["file"]).read_bytes()
        quick, slow = (import_feed(data, lo, hi, Reader(zone, prefilter=p)) for p in (True, False))
        assert (quick.instances, quick.blocked) == (slow.instances, slow.blocked), fact["file"]
        looked += 1
    assert looked > 30


def test_the_result_does_not_depend_on_the_zone_of_the_server():
    folder = shared("cases", "ics")
    code = (
        "import sys,orjson,pathlib,datetime,zoneinfo\n"
        "from calendar_sync.ics_check import check_folder\n"
        "w=[datetime.datetime(2026,m,1,tzinfo=datetime.timezone.utc) for m in (3,5)]\n"
        "r=check_folder(pathlib.Path(sys.argv[1]),*w,zoneinfo.ZoneInfo('UTC'))\n"
        "sys.stdout.buffer.write(orjson.dumps([[c.read,c.differs] for c in r]))\n"
    )
    command = [sys.executable, "-c", code, str(folder)]
    results: dict[str, bytes] = {}
    for zone in SERVER_ZONES:
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, "TZ": zone}, capture_output=True, check=True)
        results[zone] = done.stdout
    assert len(orjson.loads(results["UTC"])) >= 40
    assert {z for z, r in results.items() if r != results["UTC"]} == set()


def test_one_zone_name_two_feeds():
    def zone(offset: str) -> str:
        standard = (
            f"BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\n"
        )
        return f"BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n{standard}END:VTIMEZONE\n"

    one = event("a", ";TZID=Customized Time Zone:20260310T120000", "DURATION:PT1H")
    assert starts(calendar(one, head=zone("+0500"))) == ["03-10T07:00"]
    assert starts(calendar(one, head=zone("-0300"))) == ["03-10T15:00"]
    undefined = read(calendar(one))
    assert undefined.unknown_zones == ["Customized Time Zone"]
    assert undefined.instances[0].start == at("2026-03-10T11:00:00Z")


@pytest.mark.parametrize(
    ("name", "hour"),
    [
        ("America/New_York", 16),
        ("/mozilla.org/20050126_1/America/Boise", 18),
        ("W. Europe Standard Time", 11),
        ('"(UTC-05:00) Eastern Time (US & Canada)"', 16),
        ("No Such Place", 11),
        ("../../etc/passwd", 11),
    ],
)
def test_names_of_zones(name: str, hour: int):
    assert starts(calendar(event("a", f";TZID={name}:20260310T120000", "DURATION:PT1H"))) == [f"03-10T{hour}:00"]


def test_floating_times_follow_the_calendar_and_all_day_events_the_owner():
    head = "X-WR-TIMEZONE:America/New_York\n"
    events = (event("a", ":20260310T120000", "DURATION:PT1H"), event("b", ":20260312T120000Z", "DURATION:PT1H"))
    whole_day = event("c", ";VALUE=DATE:20260314")
    assert starts(calendar(*events, whole_day, head=head)) == ["03-10T16:00", "03-12T12:00", "03-13T23:00"]


def test_what_blocks_and_what_does_not():
    mine = Reader(BERLIN, addresses=frozenset({"ada@example.org"}), movable=("focus time",), own=frozenset({"ours"}))
    hour = "DURATION:PT1H"
    feed = import_feed(
        calendar(
            event("busy", ":20260302T100000Z", hour),
            event("free", ":20260303T100000Z", hour, "TRANSP:TRANSPARENT"),
            event("off", ":20260304T100000Z", hour, "STATUS:CANCELLED"),
            event("no", ":20260305T100000Z", hour, "ATTENDEE;CN=A;PARTSTAT=DECLINED:MAILTO:Ada@example.org"),
            event("other", ":20260306T100000Z", hour, "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@example.org"),
            event("maybe", ":20260307T100000Z", hour, "STATUS:TENTATIVE"),
            event("point", ":20260308T100000Z"),
            event("soft", ":20260302T093000Z", hour, "SUMMARY:Weekly Focus Time"),
            event("ours", ":20260309T100000Z", hour),
        ),
        *(LO, HI, mine),
    )
    busy = busy_of(feed, LO, HI, mine)
    assert (busy.state, busy.problem) == ("ok", "")
    assert busy.intervals == [
        (at(f"2026-03-0{d}T10:00:00Z") // 60, at(f"2026-03-0{d}T11:00:00Z") // 60) for d in (2, 6, 7)
    ]
    assert busy.movable == [(at("2026-03-02T09:30:00Z") // 60, at("2026-03-02T10:00:00Z") // 60)]


def test_one_bad_event_costs_itself_and_its_date():
    good = event("good", ":20260310T100000Z", "DURATION:PT1H")
    bad = event("bad", ";TZID=Europe/Berlin:20260311T100000", "DURATION:tomorrow")
    feed = read(calendar(good, bad, event("worse", ":soon")))
    assert (feed.state, len(feed.instances), len(feed.problems)) == ("partial", 1, 2)
    assert feed.blocked == [(at("2026-03-10T23:00:00Z") // 60, at("2026-03-11T23:00:00Z") // 60)]
    assert "2026-03-11" in feed.problems[0]
    assert busy_of(feed, LO, HI, READER).problem


def test_an_alarm_has_nothing_to_say_about_its_event():
    alarm = "BEGIN:VALARM\nDURATION:PT5M\nDURATION:PT6M\nUID:x\nTRIGGER:never\nEND:VALARM"
    feed = read(calendar(event("a", ":20260310T100000Z", alarm, "DURATION:PT1H")))
    assert (feed.state, [i.end - i.start for i in feed.instances]) == ("ok", [3600])


@pytest.mark.parametrize(
    "data", [b"", b"<html>Please log in</html>", b"PK\x03\x04" + b"\0" * 500, b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"]
)
def test_what_is_not_a_calendar_counts_as_busy(data: bytes):
    feed = read(data)
    assert (feed.state, feed.error, feed.blocked) == ("failed", "not_a_calendar", [(LO, HI)])


def test_a_file_that_breaks_off_is_reported():
    whole = calendar(event("a", ":20260310T100000Z", "DURATION:PT1H"), event("b", ":20260311T100000Z"))
    feed = read(whole[: whole.index(b"UID:b") + 30])
    assert (feed.state, len(feed.instances)) == ("partial", 1)
    assert any("breaks off" in p for p in feed.problems)


class TestRecurrence:
    daily = event("d", ";TZID=Europe/Berlin:20260327T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4")

    def test_the_wall_clock_stays_over_the_change(self):
        assert starts(calendar(self.daily)) == ["03-27T08:00", "03-28T08:00", "03-29T07:00", "03-30T07:00"]

    def test_exdate_rdate_and_overrides(self):
        extra = "EXDATE;TZID=Europe/Berlin:20260328T090000\nRDATE;VALUE=PERIOD:20260402T100000Z/PT3H"
        moved = event("d", ":20260410T100000Z", "RECURRENCE-ID:20260329T070000Z", "DURATION:PT1H")
        feed = calendar(f"{self.daily}\n{extra}", moved)
        assert starts(feed) == ["03-27T08:00", "03-30T07:00", "04-02T10:00", "04-10T10:00"]
        assert [i.end - i.start for i in read(feed).instances] == [3600, 3600, 3 * 3600, 3600]

    def test_this_and_future_moves_the_rest(self):
        change = event(
            *("d", ";TZID=Europe/Berlin:20260328T140000"),
            *("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260328T090000", "DURATION:PT2H"),
        )
        feed = calendar(self.daily, change)
        assert starts(feed) == ["03-27T08:00", "03-28T13:00", "03-29T12:00", "03-30T12:00"]
        assert [i.end - i.start for i in read(feed).instances] == [3600, 7200, 7200, 7200]

    def test_an_override_moves_an_instance_into_the_window(self):
        old = event("o", ":20250101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
        moved = event("o", ":20260310T100000Z", "RECURRENCE-ID:20250102T100000Z", "DURATION:PT1H")
        assert starts(calendar(old, moved)) == ["03-10T10:00"]

    def test_the_highest_sequence_wins(self):
        new = event("s", ":20260310T100000Z", "DURATION:PT1H", "SEQUENCE:2")
        old = event("s", ":20260311T100000Z", "DURATION:PT1H", "SEQUENCE:1")
        gone = event("g", ":20290101T100000Z", "DURATION:PT1H", "SEQUENCE:2")
        was = event("g", ":20260312T100000Z", "DURATION:PT1H", "SEQUENCE:1")
        assert starts(calendar(new, old, gone, was)) == ["03-10T10:00"]

    def test_until_without_z_is_local_and_inclusive(self):
        rule = "RRULE:FREQ=DAILY;UNTIL=20260312T090000"
        data = calendar(event("u", ";TZID=Asia/Kolkata:20260310T090000", "DURATION:PT1H", rule))
        assert starts(data) == ["03-10T03:30", "03-11T03:30", "03-12T03:30"]

    def test_a_date_excludes_the_instance_of_that_date(self):
        assert len(starts(calendar(f"{self.daily}\nEXDATE;VALUE=DATE:20260328"))) == 3

    @settings(max_examples=60, deadline=None)
    @given(
        st.integers(0, 4000),
        st.sampled_from(
            [
                "FREQ=DAILY",
                "FREQ=WEEKLY;BYDAY=MO,TH",
                "FREQ=MONTHLY;BYDAY=-1FR",
                "FREQ=MONTHLY;BYMONTHDAY=31",
                "FREQ=YEARLY",
            ]
        ),
        st.integers(1, 5),
        st.sampled_from(["", ";UNTIL=20260415T080000Z", ";COUNT=700"]),
        st.sampled_from(["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"]),
    )
    def test_same_as_the_library(self, days: int, rule: str, interval: int, end: str, zone: str):
        first = (date(2026, 4, 1) - timedelta(days=days)).strftime("%Y%m%d")
        one = event("x", f";TZID={zone}:{first}T093000", "DTSTAMP:20260101T000000Z", "DURATION:PT45M")
        data = calendar(f"{one}\nRRULE:{rule};INTERVAL={interval}{end}")
        theirs = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(
            datetime.fromtimestamp(LO * 60, UTC), datetime.fromtimestamp(HI * 60, UTC)
        )
        assert [i.start for i in read(data).instances] == sorted(int(e.start.timestamp()) for e in theirs)


class TestHostile:
    @pytest.mark.parametrize("freq", ["SECONDLY", "MINUTELY"])
    def test_a_rule_every_second_ends_by_the_cap(self, freq: str):
        data = calendar(event("s", ":20010101T000000Z", "DURATION:PT1S", f"RRULE:FREQ={freq}"))
        feed = read(data)
        assert feed.state == "partial"
        assert len(feed.instances) <= Caps().per_rule + 1
        assert feed.blocked[-1][1] == HI, "what was not read is not free"

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=MINUTELY;BYSETPOS=2",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=NEVER",
            "RSCALE=CHINESE;FREQ=YEARLY",
            ";;;",
            "FREQ=DAILY;UNTIL=someday",
        ],
    )
    def test_rules_without_end_or_sense_end(self, rule: str):
        good = event("good", ":20260310T100000Z", "DURATION:PT1H")
        feed = read(calendar(event("bad", ":20260311T100000Z", f"RRULE:{rule}"), good))
        assert any(i.uid == "good" for i in feed.instances)

    def test_the_time_limit_of_a_feed_blocks_what_was_left_out(self):
        ticks = iter(range(10_000))
        events = [event(f"e{n}", ":20260310T100000Z", "DURATION:PT1H") for n in range(1000)]
        feed = import_feed(calendar(*events), LO, HI, READER, clock=lambda: float(next(ticks)))
        assert (feed.state, feed.blocked) == ("partial", [(LO, HI)])
        assert len(feed.instances) < 1000

    def test_nesting_costs_no_more_than_its_bytes(self):
        deep = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nBEGIN:VALARM\r\n" * 30_000 + b"END:VEVENT\r\n" * 30_000
        feed = read(deep)
        assert feed.state == "partial"
        assert feed.problems

    def test_a_zone_that_changes_every_second_is_unknown(self):
        fine = "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\nRRULE:FREQ=SECONDLY\n"
        head = f"BEGIN:VTIMEZONE\nTZID:X\n{fine}END:STANDARD\nEND:VTIMEZONE\n"
        assert read(calendar(event("a", ";TZID=X:20260310T120000"), head=head)).unknown_zones == ["X"]

    def test_a_megabyte_of_dates_costs_its_event_only(self):
        dates = ",".join(["20260310T100000Z"] * 100_000)
        good = event("good", ":20260312T100000Z", "DURATION:PT1H")
        feed = read(calendar(event("many", ":20260311T100000Z", f"RDATE:{dates}"), good))
        assert ([i.uid for i in feed.instances], feed.state) == (["good"], "partial")
        assert "too many dates" in feed.problems[0]

    def test_too_large_is_busy(self):
        feed = read(calendar(event("a", ":20260310T100000Z")), Reader(BERLIN, caps=Caps(bytes=50)))
        assert (feed.state, feed.error, feed.blocked) == ("failed", "too_large", [(LO, HI)])

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_any_damage_is_survived(self, data: st.DataObject):
        """Bytes of a good file changed, cut out or doubled: it is read without an exception."""
        good = calendar(
            event("a", ";TZID=Europe/Berlin:20260310T100000", "DTEND:20260310T110000", "RRULE:FREQ=WEEKLY;COUNT=5"),
            event("a", ":20260311T100000Z", "RECURRENCE-ID:20260317T090000Z", "DURATION:PT1H"),
            event("b", ";VALUE=DATE:20260312", "RDATE;VALUE=DATE:20260320,20260321", "EXDATE:20260320"),
        )
        at_byte = data.draw(st.integers(0, len(good)))
        cut = data.draw(st.integers(0, 12))
        new = data.draw(
            st.binary(max_size=6) | st.sampled_from([b"\r\n", b"BEGIN:VEVENT\r\n", b'"', b"9999", b";", b"0"])
        )
        feed = read(good[:at_byte] + new + good[at_byte + cut :])
        assert feed.state in ("ok", "partial", "failed")
        assert feed.state == "ok" or feed.problems


def test_a_large_calendar_is_read_the_same_with_and_without_the_prefilter():
    events: list[str] = []
    for n in range(1500):
        day = (date(2022, 1, 1) + timedelta(days=n)).strftime("%Y%m%d")
        events.append(event(f"e{n}", f";TZID=Europe/Berlin:{day}T100000", f"DTEND;TZID=Europe/Berlin:{day}T103000"))
        if n % 50 == 0:
            events.append(
                event(f"r{n}", f":{day}T150000Z", "DURATION:PT30M", "RRULE:FREQ=WEEKLY;UNTIL=20260315T150000Z")
            )
        if n % 70 == 0:
            events.append(event(f"w{n}", f";VALUE=DATE:{day}", "DTEND;VALUE=DATE:20260303"))
    alarm = "BEGIN:VALARM\nTRIGGER:-PT5M\nDURATION:PT5M\nREPEAT:1\nEND:VALARM"
    events += [
        event("alarmed", ":20200101T100000Z", "DTEND:20200101T110000Z", alarm),
        event("long", ":20200101T100000Z", alarm, "DTEND:20260402T110000Z"),
        event("between", ":20200101T100000Z", alarm, "DTEND:20260402T110000Z", alarm),
        event("lasting", ":20200101T100000Z", alarm, "DURATION:P2400D", alarm),
        event("often", ":20200101T100000Z", "DTEND:20200101T110000Z", alarm, "RRULE:FREQ=MONTHLY"),
        event("torn", ":20200101T100000Z", "DTEND:2020", " 0101T110000Z"),
    ]
    data = calendar(*events)
    quick, slow = (read(data, Reader(BERLIN, prefilter=p)) for p in (True, False))
    assert len(quick.instances) > 50
    assert {"long", "between", "lasting", "often"} <= {i.uid for i in quick.instances}
    assert quick == slow
    blocks = split(plain(data)).events
    lo, hi = (datetime.fromtimestamp(m * 60, UTC).replace(tzinfo=None) for m in (LO, HI))
    assert len(near(blocks, lo, hi)) < len(blocks) / 5, "the pre-filter drops most of it"
    assert not any(b"UID:alarmed" in b for b in near(blocks, lo, hi))


def test_an_expectation_that_nobody_can_judge_is_a_difference():
    assert differences({"occurrences": 1, "colour": "red"}, {"occurrences": 2}) == [
        "occurrences: expected 1, got 2",
        "colour: expected red, got None",
    ]


class TestCommand:
    @staticmethod
    def run(*args: str):
        return CliRunner().invoke(cli_check.app, ["ics", *args])

    def test_it_prints_what_it_read_and_fails_on_a_difference(self, tmp_path: Path):
        (tmp_path / "a.ics").write_bytes(calendar(event("a", ":20260310T100000Z", "DURATION:PT1H")))
        (tmp_path / "b.ics").write_bytes(b"no calendar")
        done = self.run(str(tmp_path), "--since", "2026-03-01", "--until", "2026-04-01")
        first, second = orjson.loads(done.stdout)
        assert (done.exit_code, first["occurrences"], first["busy_minutes"]) == (0, 1, 60)
        assert (second["error"], bool(second["problems"])) == ("not_a_calendar", True)
        fact = {
            "file": "a.ics",
            "window": ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"],
            "expect": {"occurrences": 2},
        }
        (tmp_path / "MANIFEST.json").write_bytes(orjson.dumps({"files": [fact]}))
        done = self.run(str(tmp_path))
        assert done.exit_code == 1
        assert orjson.loads(done.stdout)[0]["differs"] == ["occurrences: expected 2, got 1"]

    def test_a_folder_without_calendars_is_refused(self, tmp_path: Path):
        done = self.run(str(tmp_path))
        assert done.exit_code == 1
        assert "no .ics files" in done.stderr
