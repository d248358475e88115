"""The conversations of Parley, acted once from beginning to end.

Each scene is a test of its own, the source of a page in `docs/conversations/`, and of a recorded journal in
`tests/journals/`.
"""

from typing import Any

from flows.filling import FILL_IN
from flows.recorded.receiving import Received
from flows.requests import (
    Broadcast,
    Clarification,
    Enough,
    FollowUp,
    Heard,
    Kept,
    NoClarification,
    NotHeard,
    Unavailable,
)
from flows.steps import DAY
from tests.flows.acted import Acted, Scene
from tests.flows.sample_kit import FEEDBACK, INTERVIEW, INVITE, RECORDED, REVIEW, VOICE_KIT
from tests.flows.scenes_attending import ATTENDING
from tests.flows.scenes_booking import BOOKINGS
from tests.flows.scenes_connect import CONNECTING
from tests.flows.scenes_guide import GUIDES
from tests.flows.scenes_onward import ONWARDS
from tests.flows.scenes_practice import PRACTICES


def invited(**changes: Any) -> Acted:
    return Acted("invite", INVITE | changes)


def begun(**changes: Any) -> Acted:
    return Acted("interview", INTERVIEW | changes)


def voiced(**changes: Any) -> Acted:
    """An interview aloud, at its warm-up."""
    s = begun(kit=VOICE_KIT, hears="on", **changes)
    s.taps("speak")
    return s


def alone(**changes: Any) -> Acted:
    return Acted("recorded", RECORDED | changes)


def rating(**changes: Any) -> Acted:
    return Acted("review", REVIEW | changes)


def heard(**changes: Any) -> Acted:
    return Acted("feedback", FEEDBACK | changes)


def yes_to_everything() -> Acted:
    s = invited(notice_url="https://parley.example/notice/1")
    s.bot("automated interviewer", "Which country").says("Hamburg")
    s.bot("apply in Germany", "What this is about", "First of three").says("yes")
    s.bot("Second").taps("yes").bot("Third").taps("yes").bot("make this easier").taps("none")
    s.bot("This is what I've noted").taps("now").quietly().ends("interview")
    return s


def a_person_instead() -> Acted:
    s = invited()
    s.says("I'd prefer not to say").bot("most protective", "What this is about", "Who asks", "First of three")
    s.says("no").bot("A person from the team").says("yes").bot("asked the team for a person").ends("human")
    return s


def later_and_a_second_thought() -> Acted:
    s = invited(notice_url="https://parley.example/notice/1")
    s.says("10115 Berlin").bot("don't need a postcode").says("Berlin").taps("yes").taps("yes").taps("no")
    s.taps("time").bot("switched off every reminder", "This is what I've noted").taps("change")
    s.bot("Which country").says("Portugal").bot("Portugal", "First of three").taps("yes").bot("Second").taps("no")
    s.bot("Third").taps("no")
    s.bot("This is what I've noted").says("start later").bot("whenever it suits you")
    s.says("not yet").bot("No hurry").says("Hi, I'm back").bot("automated interviewer").ends("interview")
    return s


def an_interview() -> Acted:
    s = begun()
    s.bot("automated interviewer", "3 questions for you", "settle in", "What drew you")
    s.says("I like helping people get unstuck.").taps("done").bot("first question").gets("outage.earlier", Broadcast())
    s.bot("something you were responsible for broke")
    s.says("In March our label printer service went down on a Friday evening.")
    s.says("I rolled the last change back myself and told the shift lead what to expect.").taps("done")
    s.gets("outage.probe#1", FollowUp("result", "How did it end?")).bot("How did it end?")
    s.says("We were down for eleven minutes and nothing was lost.").taps("done")
    s.gets("outage.probe#2", Enough()).bot("Noted").gets("explain.earlier", Broadcast(("A customer on the phone.",)))
    s.bot("A customer on the phone", "How would you explain").says("By phone or in writing?").quietly()
    s.gets("explain.back#1", NoClarification()).bot("pass it on to the team").taps("pass")
    s.bot("I've passed it on", "How would you explain")
    s.learns("team_replied", who="Mira", text="On the phone.").bot("On the phone.", "How would you explain")
    s.says("I'd say what stopped, what still works, and when I'll call again.").waits("quiet")
    s.bot("taken that as your answer")
    s.gets("explain.probe#1", Enough()).bot("Did you use an AI tool").taps("none")
    s.bot("I've kept that", "You're halfway").taps("go").gets("handover.earlier", Broadcast())
    s.bot("Your shift ends").says("skip").bot("Skip this question?").taps("skip").bot(
        "marked as skipped", "like to ask"
    )
    s.taps("ask").bot("Please do").says("Are Sundays off?")
    s.gets("end.yours#1.1", Clarification("Early and late shifts alternate weekly; Sundays are off."))
    s.bot("Sundays are off", "anything else").taps("no").bot("Here is everything once more").taps("change")
    s.bot("Which answer").taps("3").bot("Your shift ends").says("I write down what I know and hand it over in person.")
    s.taps("done").bot("counts in place", "Here is everything once more").taps("submit").bot("Thank you, Ada")
    return s


def an_untidy_interview() -> Acted:
    s = begun()
    s.says("skip").taps("skip").bot("first question").gets("outage.earlier", Broadcast())
    s.says("What counts as broke?")
    s.gets("outage.back#1", Clarification("Anything that stopped working for someone."))
    s.bot("stopped working for someone", "something you were responsible for broke")
    s.says("Our phoen system.").edits(3, "Our phone system.").says("wrong chat, sorry").removes(4)
    s.says("pause").bot("Take all the time")
    s.says("continue").bot("automated interviewer", "something you were responsible for broke").taps("done")
    s.gets("outage.probe#1", Enough()).gets("explain.earlier", Broadcast())
    s.says("Plainly.").taps("done").gets("explain.probe#1", Enough()).taps("some").bot("I've kept that", "halfway")
    s.taps("break").bot("Take all the time you like").says("here I am").bot("automated interviewer")
    s.gets("handover.earlier", Broadcast()).bot("Your shift ends").says("change my last answer")
    s.bot("Answer it again", "Take all the time you like").taps("go").bot("Changed", "Your shift ends")
    s.says("Isn't that always a handover?").gets("handover.back#1", NoClarification()).taps("part")
    s.bot("beginning of your answer", "Your shift ends").says("So I hand over.").taps("done")
    s.bot("Those were my questions").taps("no").taps("submit").bot("Thank you, Ada")
    return s


def a_withdrawal() -> Acted:
    s = begun()
    s.says("Curiosity.").taps("done").gets("outage.earlier", Broadcast()).says("stop").bot("withdraw?")
    s.taps("stop").bot("I've stopped").ends("withdrawn")
    return s


def where_am_i() -> Acted:
    s = begun()
    s.says("Curiosity.").taps("done").bot("first question").gets("outage.earlier", Broadcast())
    s.says("It broke on a Friday.").says("Where am I?").bot("go on later", "something you were responsible for broke")
    s.taps("~mydata").gets("~2.mydata.look", KEPT).bot("scroll up", "something you were responsible for broke")
    s.says("Continue on my phone").bot("just where you are now").notes(
        "interview_began", "question_shown", "handover_asked"
    )
    s.says("I rolled it back.").bot("automated interviewer", "something you were responsible for broke").says(
        "That's my answer."
    ).gets("outage.probe#1", Enough()).bot("Noted")
    return s


def in_their_own_time() -> Acted:
    s = alone()
    s.bot("automated interviewer", "nobody watches live", "Shall we begin?").taps("go")
    s.bot("settle in", "What drew you").says("I like helping people get unstuck.").taps("done")
    s.bot("first question").gets("outage.earlier", Broadcast()).bot("Take up to 2 minutes to think")
    s.says("What counts as broke?").gets("outage.back#1", Clarification("Anything that stopped working for someone."))
    s.bot("stopped working for someone", "something you were responsible for broke")
    s.says("Our label printer servis went down.").edits(3, "Our label printer service went down.")
    s.says("I rolled the last change back.").taps("done").bot("Keep this answer, or try again?").taps("again")
    s.bot("Take 2").says("In March our label printer service went down on a Friday evening.")
    s.says("I rolled the last change back and told the shift lead. We were down for eleven minutes.").taps("done")
    s.bot("Which take should count?").taps("2").bot("Noted").gets("explain.earlier", Broadcast())
    s.bot("How would you explain").says("I'd say what stopped, what still works, and when I'll call again.").taps(
        "done"
    )
    s.taps("1").bot("Did you use an AI tool").taps("none").bot("I've kept that")
    s.gets("handover.earlier", Broadcast()).bot("Your shift ends").says("skip").taps("skip").bot(
        "marked as skipped", "Here is everything once more"
    )
    s.taps("change").bot("Which answer").taps("3").bot("Your shift ends")
    s.says("I write down what I know and hand it over in person.").taps("done").taps("1")
    s.bot("Here is everything once more").taps("submit")
    s.gets("end.received", Received("Wednesday 27 January, 19:04 (Berlin, UTC+1)")).bot("Thank you, Ada")
    return s


def over_several_days() -> Acted:
    s = alone()
    s.taps("more").notes("interview_began", "extension_asked").quietly()
    s.learns("extended", day="Sunday 31 January, 17:00 (Berlin, UTC+1)").bot("You now have until", "Shall we begin?")
    s.waits("park").bot("I'll rest here").says("hello again").bot("automated interviewer", "didn't catch").taps("go")
    s.says("skip").taps("skip").gets("outage.earlier", Broadcast()).says("It broke on a Friday.")
    s.says("pause").bot("Take all the time")
    s.now += 3 * DAY
    s.says("I rolled it back.").bot("automated interviewer", "something you were responsible for broke").taps("done")
    s.bot("Keep this answer, or try again?").taps("again").bot("Take 2").says("skip").taps("skip")
    s.bot("What you have stays", "Noted").gets("explain.earlier", Broadcast())
    s.bot("How would you explain").says("By phone or in writing?")
    s.gets("explain.back#1", NoClarification()).taps("pass").bot("I've passed it on", "How would you explain")
    s.says("Plainly.").taps("done").taps("1").taps("some").gets("handover.earlier", Broadcast())
    s.says("I hand over.").taps("done").taps("1").bot("Here is everything once more").taps("more")
    s.learns("team_asked").bot("asked the team for a further one", "Here is everything once more").taps("submit")
    s.gets("end.received", Unavailable("down")).bot("Thank you, Ada")
    return s


def an_interview_aloud() -> Acted:
    s = begun(kit=VOICE_KIT, hears="on")
    s.bot("automated interviewer", "3 questions", "You agreed that recordings", "How would you like to begin?").taps(
        "speak"
    )
    s.bot("settle in", "What drew you").speaks(6).gets("~hear.u1", Heard("I like helping people.", "en", 6))
    s.bot("I like helping people.", "first question").gets("outage.earlier", Broadcast()).bot("something you were")
    s.speaks(71).bot("I have your recording (1:11)")
    s.gets("~hear.u2", Heard("In March our table printer went down. I rolled the change back.", "en", 71))
    s.bot("What I heard").gets("outage.probe#1", FollowUp("result", "How did it end?"))
    s.taps("~fix.2", asked="outage").bot("Write it as it should be").says("table -> label").bot(
        "Corrected", "How did it end?"
    )
    s.speaks(3).gets("~hear.u4", NotHeard("silence")).bot("couldn't hear anybody speak")
    s.speaks(9).gets("~hear.u5", Heard("We were down for a leaven minutes.", "en", 9, "low_confidence"))
    s.bot("Is this what you said?").taps("~fix.4").says("a leaven -> eleven").bot("Corrected")
    s.gets("outage.probe#2", Enough()).bot("Noted").gets("explain.earlier", Broadcast()).bot("How would you explain")
    s.says("I'd rather write this one: what stopped, and when I'll call again.").taps("done")
    s.gets("explain.probe#1", Enough()).bot("Did you use an AI tool").speaks(2)
    s.gets("~hear.u8", Heard("No, just me.", "en", 2)).bot("No, just me.", "I've kept that", "halfway").taps("go")
    s.gets("handover.earlier", Broadcast()).bot("Your shift ends").speaks(20).bot("answered in writing")
    s.says("I hand over in person.").taps("done").bot("like to ask").taps("no").bot("everything once more")
    s.taps("submit").bot("Thank you, Ada")
    return s


def takes_aloud() -> Acted:
    s = alone(kit=VOICE_KIT, hears="on")
    s.bot("automated interviewer", "record your answer or write it", "You agreed that", "Shall we begin?").taps("go")
    s.bot("settle in", "What drew you").says("I like helping people.").taps("done").bot("first question")
    s.gets("outage.earlier", Broadcast()).bot("Send a voice message or a video, or write")
    s.speaks(40, form="video").gets("~hear.u2", Heard("Our printer went down.", "en", 40))
    s.bot("Only the words matter", "Keep this answer, or try again?").taps("again").bot("Take 2")
    s.speaks(252).bot("4:12").gets("~hear.u3", Heard("Our label printer went down and I rolled it back.", "en", 252))
    s.bot("What I heard", "Which take should count?").taps("2").bot("Noted")
    s.gets("explain.earlier", Broadcast()).bot("How would you explain").speaks(30, prepared=True).bot("make now")
    s.says("I'd say what stopped, and when I'll call again.").taps("done").taps("1").taps("none")
    s.bot("I've kept that").gets("handover.earlier", Broadcast()).says("I hand over in person.").taps("done").taps("1")
    s.bot("Here is everything once more").taps("submit")
    s.gets("end.received", Received("Wednesday 27 January, 19:04 (Berlin, UTC+1)")).bot("Thank you, Ada")
    return s


KEPT = Kept(
    messages=14,
    since="Monday 25 January",
    agreed=("interview=yes", "scoring=yes", "recording=no"),
    company="Northwind",
    role="Support engineer",
    days=180,
    contact="Mira Okafor, people@northwind.example",
)
FORM = {
    "ownership.level": "4",
    "ownership.why": "Rolled the change back and told the shift lead.",
    "clarity.level": "none",
    "clarity.why": "",
    "recommendation": "yes",
}


def a_rating() -> Acted:
    s = rating()
    s.bot("This is your own rating", "Your rating").submits(**(FORM | {"ownership.why": ""})).quietly()
    s.submits(**FORM).bot("This is your rating").taps("submit").bot("sealed")
    return s


def a_rating_looked_over() -> Acted:
    s = rating()
    s.submits(**FORM).bot("This is your rating").taps("change").bot("Your rating")
    s.submits(**(FORM | {"clarity.level": "3", "clarity.why": "Says what still works."})).taps("submit")
    return s


def a_rating_put_aside() -> Acted:
    """Filled in with notes of the interview, and kept for later."""
    s = rating(draft={"ratings": {"ownership": {"why": "Rolled the change back."}}, "recommendation": ""})
    s.bot("what you noted before", "Your rating").submits(**FORM).bot("This is your rating").taps("later")
    s.bot("kept it for you alone")
    return s


def a_second_reading() -> Acted:
    s = rating(purpose="again", neutral=True)
    s.bot("second reader", "Your rating").submits(**(FORM | {"recommendation": "neutral"})).bot("as soon as you submit")
    s.taps("submit").bot("stands beside the first scorecards")
    return s


def a_rating_one_by_one() -> Acted:
    """On a chat without forms: five fields, an answer that has to be given after all, and one that is changed."""
    s = rating()
    s.bot("This is your own rating", "Your rating").taps(FILL_IN).bot("One thing at a time", "Ownership")
    s.taps("f0.3").bot("Ownership: why?").says("change my last answer").bot("Ownership").taps("f0.4")
    s.bot("Ownership: why?").says("skip").bot("Clear explanation").says("no basis").bot("Clear explanation: why?").taps(
        "f3.~"
    )
    s.bot("Would you go on").says("perhaps").bot("didn't catch").says("yes").bot("Please say in a sentence")
    s.says(FORM["ownership.why"]).bot("This is your rating").taps("submit").bot("sealed")
    return s


def feedback_is_welcome() -> Acted:
    s = heard()
    s.bot(
        "automated interviewer",
        "what came across",
        "which part was yours",
        "can be checked",
        "One thing",
        "some of this is useful",
    )
    s.says("thank you").bot("all the best").ends("thanks")
    return s


def feedback_is_contested() -> Acted:
    s = heard()
    s.taps("wrong").bot("Which of these").taps("2").bot("What should it say")
    s.says("It was seven minutes.").says("Eleven was the shift before.").taps("done")
    s.bot("word for word", "all the best").ends("contested")
    return s


SCENES = (
    Scene("invite-yes", "invite", "An invitation: yes to everything", yes_to_everything),
    Scene("invite-person", "invite", "An invitation: a person instead", a_person_instead),
    Scene("invite-later", "invite", "An invitation: a second thought, and later", later_and_a_second_thought),
    Scene("interview", "interview", "An interview from beginning to end", an_interview),
    Scene("interview-untidy", "interview", "An interview as life has it", an_untidy_interview),
    Scene("interview-withdrawn", "interview", "A candidate withdraws", a_withdrawal),
    Scene("interview-asking", "interview", "Where am I, and what is kept about me?", where_am_i),
    Scene("interview-voice", "interview", "An interview by voice message", an_interview_aloud),
    Scene("recorded", "recorded", "A recorded interview from beginning to end", in_their_own_time),
    Scene("recorded-days", "recorded", "A recorded interview over several days", over_several_days),
    Scene("recorded-voice", "recorded", "A recorded interview, answered aloud", takes_aloud),
    Scene("review", "review", "A rating", a_rating),
    Scene("review-changed", "review", "A rating, looked over once more", a_rating_looked_over),
    Scene("review-later", "review", "A rating, kept for later", a_rating_put_aside),
    Scene("review-again", "review", "A second reading", a_second_reading),
    Scene("review-one-by-one", "review", "A rating, one thing at a time", a_rating_one_by_one),
    Scene("feedback", "feedback", "Feedback that is welcome", feedback_is_welcome),
    Scene("feedback-contested", "feedback", "Feedback that is contested", feedback_is_contested),
    *BOOKINGS,
    *ATTENDING,
    *CONNECTING,
    *GUIDES,
    *ONWARDS,
    *PRACTICES,
)
