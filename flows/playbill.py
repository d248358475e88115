"""All conversations Parley can hold. A new one is one file and one line here."""

from flows.feedback import v1 as feedback_v1
from flows.interview import v1 as interview_v1
from flows.invite import v1 as invite_v1
from flows.registry import Play, Playbill
from flows.repair import CALM, OWN
from flows.review import v1 as review_v1
from flows.words import review_en

PLAYBILL = Playbill(
    [
        Play("invite", 1, invite_v1.invite, greet=invite_v1.greet, standing=invite_v1.standing),
        Play("interview", 1, interview_v1.interview, greet=interview_v1.greet, standing=interview_v1.standing),
        Play("review", 1, review_v1.review, repairs=CALM, help=review_en.HELP),
        Play("feedback", 1, feedback_v1.feedback, greet=feedback_v1.greet, repairs=CALM | OWN | {"human", "skip"}),
    ]
)
