"""What a candidate can do before the interview: practise, and check the microphone."""

from flows.practice.coaching import Coaching
from flows.requests import Heard, NotHeard
from flows.techcheck.sounds import Sounds
from tests.flows.acted import Acted, Scene

MEASURED = Coaching(
    language="en", ms=52_000, words=104, pace=132, pauses=7, long_pauses=1, longest=2_400, lead_in=1_200, fillers=3,
    heard=("um", "uh"),
)  # fmt: skip
TOLD = (
    "Last winter my plan was to move our shop to a new system in one night. I asked two colleagues to try it first, and "
    "they found what I had missed. In the end we moved a week later."
)


def a_practice_in_writing() -> Acted:
    s = Acted("practice", {"hears": "off"})
    s.bot("Nobody from the team sees any of it", "something that you learned").notes("practice_began")
    s.says("Usually I read a book about it and then I try things out.").taps("done")
    s.gets("learned#1.coach", Coaching("en")).bot("I only compare words", "go on practising")
    s.taps("again").bot("something that you learned")
    s.says("Last year I signed up for a welding course.").says("Now I can mend our gate.").taps("done")
    s.gets("learned#2.coach", Coaching("en")).bot("All three parts are there", "go on practising")
    s.says("another question").bot("a plan of yours").says("skip").taps("skip").bot("left out", "go on practising")
    s.says("that's enough practice").bot("none of it counts").ends("practised")
    return s


def a_practice_by_voice() -> Acted:
    s = Acted("practice", {"hears": "on", "language": "en"})
    s.taps("~skip").taps("skip").taps("other").bot("a plan of yours")
    s.speaks(52).bot("I have your recording").gets("~hear.u1", Heard(TOLD, "en", 52.0)).bot("Only the words matter")
    s.gets("plan#2.coach", MEASURED)
    s.bot("All three parts are there", "pauses are normal", "Once more?")
    s.taps("enough").ends("practised")
    return s


def a_check() -> Acted:
    s = Acted("techcheck", {"hears": "on"})
    s.bot("about ten seconds").notes("check_began")
    s.speaks(10).gets("~hear.u1", NotHeard("silence")).bot("microphone may be muted")
    s.speaks(10).gets("~hear.u2", Heard("I can see a tree and two bicycles.", "en", 10.0)).bot("What I heard")
    s.gets("how#1", Sounds(10.0, 8, False, ("too_quiet",), 21.0)).bot("Something can be better")
    s.taps("again").bot("once more").speaks(9).gets("~hear.u3", Heard("The tree is still there.", "en", 9.0))
    s.gets("how#2", Sounds(9.0, 5, False, (), 20.0)).bot("What I heard", "This works")
    s.taps("good").bot("deleted").ends("practised")
    return s


def a_check_in_writing() -> Acted:
    s = Acted("techcheck", {"hears": "on"})
    s.says("I have no microphone here").taps("done").bot("writing is always fine").taps("again")
    s.says("skip").taps("skip").bot("deleted").ends("practised")
    return s


PRACTICES = (
    Scene("practice", "practice", "A practice in writing, twice the same question", a_practice_in_writing),
    Scene("practice-voice", "practice", "A practice by voice message", a_practice_by_voice),
    Scene("techcheck", "techcheck", "A check of the microphone", a_check),
    Scene("techcheck-written", "techcheck", "A check without a microphone", a_check_in_writing),
)
