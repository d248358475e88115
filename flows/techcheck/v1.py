"""A tech check: ten seconds of the candidate, heard back, and what could be better. Everything technical, nothing else."""

from flows.cards import Card
from flows.interview.listening import NEVER
from flows.repair import CALM
from flows.steps import DAY, Answer, Speech, call, choose, hear, note, say
from flows.techcheck.sounds import HowItSounds, Sounds
from flows.words import practice_en
from flows.words import techcheck_en as words

REPAIRS = CALM - {"change"} | {"skip", "human"}


async def techcheck(*, hears: str = "off", language: str = "") -> str:
    """One recording after the other, until it is good enough for the person; ends with "practised". Facts: check_began."""
    await note("start.began", "check_began")
    if hears != "on":
        await say("start.written", practice_en.NO_CHECK)
        return "practised"
    speech, n = Speech(("voice", "video"), ends=True, language=language), 1
    while True:
        ask = Card(words.TEN_SECONDS if n == 1 else words.ONCE_MORE, tone="question")
        heard = await hear(f"ten#{n}", ask, quiet=1000 * DAY, questions=False, patience=NEVER, speech=speech)
        if not isinstance(heard, Answer):
            break
        card = await _arrived(n, heard)
        if await choose(f"result#{n}", card, patience=NEVER) == words.GOOD.id:
            break
        n += 1
    await say("end.bye", words.BYE)
    return "practised"


async def _arrived(n: int, heard: Answer) -> Card:
    if not heard.spoken:
        return words.written()
    return words.result(_told(await call(f"how#{n}", HowItSounds(heard.spoken[-1]))), heard.spoken[-1])


def _told(sounds: object) -> Sounds:
    return sounds if isinstance(sounds, Sounds) else Sounds(0, 0)
