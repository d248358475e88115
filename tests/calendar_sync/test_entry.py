"""The text and the names of our own calendar entries: what is written can be read back by any client."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from calendar_sync.calendar import Event, Outside
from calendar_sync.entry import content, file_of, id_of, is_ours, look, prop, text_of

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
@example("a/b.c_d~e%41 ü\n")
def test_a_file_name_is_plain_and_gives_the_id_back(id: str) -> None:
    assert re.fullmatch(r"parley-[A-Za-z0-9_-]+\.ics", file_of(id))
    assert id_of(file_of(id)) == id


@given(st.text(max_size=30))
@example("parley-.ics")
@example("parley-_FF.ics")
@example("parley-_41.ics")
def test_a_name_is_ours_only_when_we_would_have_given_it(name: str) -> None:
    assert id_of(name) in ("", name) or file_of(id_of(name)) == name


@given(words, words, words)
@example("Grace\u2028X-PARLEY-VERSION:99\u2029SEQUENCE:9", "", "x\u2028")
def test_text_comes_back_as_it_was(summary: str, description: str, guest: str) -> None:
    event = Event("b1", 3, 100, 160, "Europe/Berlin", summary, description, attendees=(guest,))
    text = text_of(event, 4, "ada@example.org", 50)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = content(text)
    back = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], prop(lines, "SUMMARY"))
    assert back == summary.strip()
    assert [line for line in lines if line.startswith("BEGIN")] == ["BEGIN:VEVENT"]
    assert (prop(lines, "SEQUENCE"), prop(lines, "X-PARLEY-VERSION")) == ("4", "3")
    assert is_ours(text, "anything.ics")


def test_control_characters_can_t_begin_a_line_of_their_own() -> None:
    evil = "x\r\nEND:VEVENT\x00\u2028\x0b"
    text = text_of(Event("b1", 0, 100, 160, "UTC", evil, evil, evil, (evil,)), 0, evil, 50)
    assert text.count("END:VEVENT\r\n") == 1
    assert "\x00" not in text
    assert prop(content(text), "X-PARLEY-TIMES") == "100/160"


def test_what_others_did_is_told_apart() -> None:
    event = Event("b1", 0, 100, 160, "UTC", "Interview")
    text = text_of(event, 0, "", 50)
    assert look("b1", text, 100, 160, "") == Outside("b1", "unchanged", 100, 160)
    assert look("b1", text, 110, 170, "") == Outside("b1", "moved", 110, 170)
    assert look("b1", text, 90, 150, "") == Outside("b1", "moved", 90, 150)
    assert look("b1", text, None, None, "") == Outside("b1", "moved")
    bare = re.sub(r"X-PARLEY.*\r\n", "", text)
    assert look("b1", bare, 100, 160, "").status == "moved"  # nothing says where it was: ask rather than trust
    guest = 'ATTENDEE;CN="a: b";PARTSTAT=DECLINED;X=1:mailto:ben@example.org\r\nEND:VEVENT'
    declined = text.replace("END:VEVENT", guest)
    assert look("b1", declined, 100, 160, "") == Outside("b1", "declined", 100, 160, ("ben@example.org",))
    assert look("b1", declined, 100, 160, "BEN@example.org").status == "declined"
    assert look("b1", declined, 100, 160, "ada@example.org").status == "unchanged"
    assert look("b1", text.replace("CONFIRMED", "CANCELLED"), 100, 160, "").status == "cancelled"
