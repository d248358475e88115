"""What the model's copy does not have: names, contacts, schools, pronouns. The candidate's own text is never changed."""

import pytest

from flows.rating.blind import blinded, name_parts
from flows.rating.protocol import numbered
from flows.rating.reading import Sample, verify
from tests.flows.rating.test_protocol import FORBIDDEN, KEYS, met, raw

ADA = name_parts(["Ada Okoye"])
WILL = name_parts(["Will Grace-Mason"])


@pytest.mark.parametrize(
    ("text", "blind"),
    [
        ("Hi, I'm Ada Okoye and I fixed it.", "Hi, I'm [name] and I fixed it."),
        ("hi i'm ada, i fixed it", "hi i'm [name], i fixed it"),
        ("My boss said: Ada, do it. Ms. Okoye did.", "My boss said: [name], do it. [name] did."),
        ("It was ADA OKOYE's idea.", "It was [name]'s idea."),
        ("In Canada and at Adamant nothing changed.", "In Canada and at Adamant nothing changed."),
        ("Write to ada.okoye@example.org or @adaokoye.", "Write to [contact] or [contact]."),
        ("I (she/her) studied at the University of Lagos.", "I  studied at the [school]."),
        (
            "At Stanford University I led it. Ich war an der TU München.",
            "At [school] I led it. Ich war an der [school].",
        ),
    ],
)
def test_the_copy_does_not_say_who_it_is(text: str, blind: str):
    assert blinded(text, ADA) == blind


@pytest.mark.parametrize(
    "text",
    ["Will it work? I asked.", "The will of the team was there.", "Grace under pressure matters.", "I will do it."],
)
def test_a_name_that_is_an_everyday_word_is_left_where_it_may_be_one(text: str):
    assert blinded(text, WILL) == text


def test_such_a_name_is_taken_out_where_it_is_one():
    assert blinded("They asked for Will. I am Will Grace-Mason.", WILL) == "They asked for [name]. I am [name]."


def test_a_name_makes_no_difference_to_what_a_model_reads():
    copies = {
        tuple(line.clean for line in numbered((("u1", f"I am {name}. Then {first} restarted it."),), names=parts))
        for name, first in (("Ada Okoye", "Ada"), ("Jürgen Müller", "Jürgen"), ("Li Wei", "Wei"))
        for parts in (name_parts([name]),)
    }
    assert copies == {("I am [name].", "Then [name] restarted it.")}


def test_a_quote_of_the_copy_is_found_in_the_candidates_own_words():
    said = "My lead said: Ada restarted the server at night and told everybody."
    lines = numbered((("u1", said),), names=ADA)
    quote = "[name] restarted the server at night"
    sample = verify(raw(met("own_step", quote, 1)), keys=KEYS, lines=lines, forbidden=FORBIDDEN, canary="")
    assert isinstance(sample, Sample)
    first = sample.checked[0]
    assert (first.quote, first.status, sample.rejected) == (said, "met", 0)
