"""Reading what a recruiter wrote: lengths, people, pools, and a day of sessions."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.wanted import Crew, Directory, Line, NotRead, crew, line, minutes
from bot.desk.wanted_day import day
from bot.scheduling.plans import Group

KNOWN = Directory(
    (
        ("p1", "Ada Lovelace"),
        ("p2", "Ben Ode"),
        ("p3", "Cleo Ray"),
        ("p4", "Dan Ode"),
        ("p5", "Cleo Rayner"),
        ("p6", "Zoë O'Neil-Smith"),
    ),
    {"backend": ("p1", "p2", "p3"), "System design": ("p4", "p5")},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada for 45 min with Ben and Cleo", Line("Ada", "45 min", "Ben and Cleo")),
        ("Ada Okoye with Ben for 1.5 hours", Line("Ada Okoye", "1.5 hours", "Ben")),
        ("Ada for 60 min with any 2 of backend", Line("Ada", "60 min", "any 2 of backend")),
        ("Ada with Parley", Line("Ada", "", "Parley")),
        ('"Ada Okoye" for an hour', Line("Ada Okoye", "an hour")),
        ("Ada loop", Line("Ada", loop=True)),
        ("Ada LOOP about a day at ours", Line("Ada", title="a day at ours", loop=True)),
        ("Ada for 45 min with Ben about system design", Line("Ada", "45 min", "Ben", "system design")),
        ("Ada", Line("Ada")),
        ("", Line("")),
        ("Ada for Support", Line("Ada for Support")),
    ],
)
def test_a_line_falls_into_its_parts(text: str, expected: Line):
    assert line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("45", 45), ("45 min", 45), ("90m", 90), ("1 h", 60), ("1.5 h", 90), ("1,5 hours", 90), ("an hour", 60)),
        *(("half an hour", 30), ("1 h 30", 90), ("2 hours and 15 minutes", 135), ("  60   minutes ", 60), ("10", 10)),
    ],
)
def test_lengths(text: str, expected: int):
    assert minutes(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("32 min", "Please choose 30 or 35 min."),
        ("12", "Please choose 10 or 15 min."),
        ("5", "from 10 minutes to 8 hours"),
        ("3", "Please choose 10 min."),
        ("9 hours", "from 10 minutes to 8 hours"),
        ("soon", "45 min or 1.5 hours"),
        ("-45", "45 min or 1.5 hours"),
        ("1e3 min", "45 min or 1.5 hours"),
        ("", "45 min or 1.5 hours"),
    ],
)
def test_a_length_that_cannot_be_booked_comes_with_one_that_can(text: str, says: str):
    with pytest.raises(NotRead) as problem:
        minutes(text)
    assert says in problem.value.say


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ben and Cleo Ray", Crew(("p2", "p3"))),
        ("Ben, Cleo Ray, and Dan", Crew(("p2", "p3", "p4"))),
        ("ben or dan", Crew((), (Group(1, "", ("p2", "p4")),))),
        ("Ben, Dan or Cleo Ray", Crew((), (Group(1, "", ("p2", "p4", "p3")),))),
        ("Ada and Ben or Dan", Crew(("p1",), (Group(1, "", ("p2", "p4")),))),
        ("any of backend", Crew((), (Group(1, "backend"),))),
        ("any one of the backend", Crew((), (Group(1, "backend"),))),
        ("BACKEND", Crew((), (Group(1, "backend"),))),
        ("any 2 of backend", Crew((), (Group(2, "backend"),))),
        ("two of pool backend", Crew((), (Group(2, "backend"),))),
        ("2 of Ben, Cleo Ray and Dan", Crew((), (Group(2, "", ("p2", "p3", "p4")),))),
        ("Ada and any 2 of backend", Crew(("p1",), (Group(2, "backend"),))),
        ("any of backend and any of system design", Crew((), (Group(1, "backend"), Group(1, "System design")))),
        ("Ben, Ben & Ben", Crew(("p2",))),
        ("Zoë", Crew(("p6",))),
        ("Cleo Ray", Crew(("p3",))),
        ("Parley", Crew()),
    ],
)
def test_who(text: str, expected: Crew):
    assert crew(text, KNOWN) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Cleo R", "fits Cleo Ray, Cleo Rayner"),
        ("Nobody Known", "I know nobody called"),
        ("any 4 of backend", "I can't take 4 of the pool"),
        ("any 0 of backend", "at least 1"),
        ("any of frontend", "The pools are: backend, System design"),
        ("3 of Ben and Dan", "I can't take 3 of those you named"),
        ("", "Please say who holds it"),
        (", and ,", "Please say who holds it"),
        ("<script>alert(1)</script>", "I know nobody called"),
    ],
)
def test_who_cannot_be_meant(text: str, says: str):
    with pytest.raises(NotRead) as problem:
        crew(text, KNOWN)
    assert says in problem.value.say


def test_a_day_of_sessions():
    text = """
    System design, 60 min, any of backend
    Values, 45 min, Ada Lovelace and Ben

    lunch 45
    break: 10 min
    over 2 days
    order: System design before Values
    """
    found = day(text, KNOWN)
    assert [(s.key, s.title, s.minutes) for s in found.sessions] == [("s1", "System design", 60), ("s2", "Values", 45)]
    assert found.sessions[0].groups == (Group(1, "backend"),)
    assert found.sessions[1].fixed == ("p1", "p2")
    assert (found.order, found.lunch, found.rest, found.days) == ((("s1", "s2"),), 45, 10, 2)


def test_every_line_that_cannot_be_read_is_named_with_what_to_write():
    text = "System design, 61 min, any of backend\nValues\nTalk, 45 min, Nobody\nlunch soon\norder: Talk before Values"
    with pytest.raises(NotRead) as problem:
        day(text, KNOWN)
    said = problem.value.say.splitlines()
    assert [s.partition(":")[0] for s in said] == ["Line 1", "Line 2", "Line 3", "Line 4"]
    assert "60 or 65 min" in said[0]
    assert "title, length and who" in said[1]
    assert "I know nobody" in said[2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("One, 45 min, Ben", "at least two sessions"),
        ("", "at least two sessions"),
        ("A, 45 min, Ben\na, 45 min, Ben", "is there already"),
        ("A, 45 min, Ben\nB, 45 min, Ada\norder: A before B, B before A", "circle"),
        ("A, 45 min, Ben\nB, 45 min, Ada\norder: A before C", "no session called"),
        ("A, 45 min, Ben\nB, 45 min, Ada\norder: A", "order as"),
        ("A, 45 min, Ben\nB, 45 min, Parley", "Parley itself can't"),
        ("A, 45 min, Ben\nB, 45 min, Ada\n9 days", "1 to 5 days"),
        ("\n".join(f"S{n}, 45 min, Ben" for n in range(9)), "9 sessions"),
        (f"{'x' * 81}, 45 min, Ben\nB, 45 min, Ada", "under 80 characters"),
    ],
)
def test_a_day_that_cannot_be(text: str, says: str):
    with pytest.raises(NotRead) as problem:
        day(text, KNOWN)
    assert says in problem.value.say


READERS: tuple[Callable[[str], object], ...] = (minutes, lambda t: crew(t, KNOWN), lambda t: day(t, KNOWN))


@given(st.text(max_size=400), st.sampled_from(READERS))
def test_anything_at_all_is_read_or_refused_with_a_sentence(text: str, read: Callable[[str], object]):
    line(text)
    said = ""
    try:
        read(text)
    except NotRead as problem:
        said = problem.say
    else:
        return
    assert said.strip()
