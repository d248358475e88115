"""All conversations Parley can hold. A new one is one file and one line here."""

from flows import attending
from flows.booking import v1 as booking_v1
from flows.cancel import v1 as cancel_v1
from flows.connect import v1 as connect_v1
from flows.feedback import v1 as feedback_v1
from flows.guide import v1 as guide_v1
from flows.interview import listening
from flows.interview import v1 as interview_v1
from flows.invite import v1 as invite_v1
from flows.noshow import v1 as noshow_v1
from flows.onward import v1 as onward_v1
from flows.outside import v1 as outside_v1
from flows.practice import before
from flows.practice import v1 as practice_v1
from flows.recorded import v1 as recorded_v1
from flows.registry import Play, Playbill
from flows.reminder import v1 as reminder_v1
from flows.repair import CALM, OWN
from flows.reschedule import v1 as reschedule_v1
from flows.review import v1 as review_v1
from flows.swap import v1 as swap_v1
from flows.techcheck import v1 as techcheck_v1
from flows.words import (
    attending_en,
    booking_en,
    calendar_en,
    cancel_en,
    guide_en,
    outside_en,
    practice_en,
    reschedule_en,
    review_en,
    swap_en,
    techcheck_en,
)

PLAYBILL = Playbill(
    [
        Play("invite", 1, invite_v1.invite, greet=invite_v1.greet, standing=invite_v1.standing, resting="later"),
        Play(
            "interview",
            1,
            interview_v1.interview,
            greet=interview_v1.greet,
            standing=interview_v1.standing,
            speech=listening.speech,
            resting=before.WAITS,
        ),
        Play(
            "recorded",
            1,
            recorded_v1.recorded,
            greet=recorded_v1.greet,
            standing=recorded_v1.standing,
            speech=listening.speech,
            resting=before.WAITS,
        ),
        Play(
            "practice",
            1,
            practice_v1.practice,
            greet=practice_v1.greet,
            repairs=practice_v1.REPAIRS,
            help=practice_en.HELP,
            speech=listening.speech,
        ),
        Play(
            "techcheck",
            1,
            techcheck_v1.techcheck,
            repairs=techcheck_v1.REPAIRS,
            help=techcheck_en.HELP,
            speech=listening.speech,
        ),
        Play("onward", 1, onward_v1.onward, greet=onward_v1.greet, standing=onward_v1.standing, resting="later"),
        Play("review", 1, review_v1.review, repairs=CALM, help=review_en.HELP),
        Play("connect", 1, connect_v1.connect, repairs=connect_v1.REPAIRS, help=calendar_en.HELP),
        Play(
            "feedback",
            1,
            feedback_v1.feedback,
            greet=feedback_v1.greet,
            repairs=CALM | OWN | {"human", "skip"},
            resting="close",
        ),
        Play(
            "booking",
            1,
            booking_v1.booking,
            greet=booking_v1.greet,
            help=booking_en.HELP,
            standing=booking_v1.standing,
        ),
        Play(
            "reschedule",
            1,
            reschedule_v1.reschedule,
            greet=reschedule_v1.greet,
            help=reschedule_en.HELP,
            standing=reschedule_v1.standing,
        ),
        Play("cancel", 1, cancel_v1.cancel, greet=cancel_v1.greet, help=cancel_en.HELP, standing=cancel_v1.standing),
        Play(
            "reminder",
            1,
            reminder_v1.reminder,
            greet=attending.greet,
            repairs=attending.REPAIRS,
            more_repairs=attending.more_repairs,
            help=attending_en.HELP,
            standing=reminder_v1.standing,
            in_passing=True,
        ),
        Play(
            "noshow",
            1,
            noshow_v1.noshow,
            greet=attending.greet,
            repairs=attending.REPAIRS,
            more_repairs=attending.more_repairs,
            help=attending_en.HELP_NOW,
            standing=noshow_v1.standing,
            in_passing=True,
        ),
        Play(
            "swap",
            1,
            swap_v1.swap,
            repairs=attending.REPAIRS - {"change"},  # colleagues who were asked can't be unasked
            help=swap_en.HELP,
            standing=swap_v1.standing,
            in_passing=True,
        ),
        Play(
            "guide",
            1,
            guide_v1.guide,
            repairs=frozenset({"help", "repeat"}),
            help=guide_en.HELP,
            resting="opening",  # until they talk, "I can't come" belongs to the question that asks for it
        ),
        Play(
            "outside",
            1,
            outside_v1.outside,
            repairs=attending.REPAIRS,
            help=outside_en.HELP,
            standing=outside_v1.standing,
            in_passing=True,
        ),
    ]
)
