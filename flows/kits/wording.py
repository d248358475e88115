"""Words that do not belong in a kit, as patterns, each with the uses of the same word that are fine.

The patterns look for the *person* as the subject ("your age", "in good health"), because the bare words are
part of many jobs: a nurse explains an illness, a shop assistant checks proof of age, a codebase has an age.
Sources: scoring.md section 1, privacy.md R12.
"""

import re
from typing import Final

_Patterns = dict[str, re.Pattern[str]]


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{a})" for a in alternatives), re.IGNORECASE)


_FAITHS = r"(?:religious|christian|muslim|jewish|hindu|catholic|protestant|buddhist|atheist)\b"
_WHO = r"\b(?:candidate|applicant|interviewee|person)(?:'s|s')?\s+"
_WORK_PARTNER = r"(?!\s+(?:team|compan|agenc|organi|school|store|hospital|on\b|in\b|at\b|for\b))"

# Topics that no question, probe or warm-up may ask about.
ILLEGAL: Final[_Patterns] = {
    "age": _any(
        r"\bhow old (?:are|were) you\b(?! when you (?:started|wrote))",
        r"\b(?:your|what) age\b(?! (?:group|limit|check|verification)s? (?:polic|rule|proce))",
        r"\byour (?:birthday|date of birth|year of birth)\b",
        r"\b(?:when|what year) were you born\b",
        r"\bwhen (?:do|will) you (?:plan to |want to |expect to )?retire\b(?! (?:the|a|an|that|this|it)\b)",
        r"\b(?:when|what year) did you (?:graduate|finish school|leave school)\b",
        r"\bwie alt (?:sind sie|bist du)\b",
    ),
    "pregnancy or children": _any(
        r"\b(?:are|were) you (?:currently |now )?pregnant\b",
        r"\byou(?:'re| are| were| get| got| become| became) pregnant\b",
        r"\byour (?:pregnancy|maternity|paternity|childcare)\b",
        r"\bplan(?:ning|s)? (?:a pregnancy|(?:to have |to start |on having |on starting |having |starting )"
        r"(?:any |more |a )?(?:children|kids|family|baby))\b",
        r"\b(?:do|did|will) you (?:already |currently )?(?:have|want|plan) (?:to have )?(?:any |more )?"
        r"(?:children|kids)\b(?! (?:on|in|as)\b)",
        r"\byour (?:children|kids|baby)\b(?!'s? (?:ward|department|section|range|clothes))",
        r"\b(?:sind sie|bist du) schwanger\b",
        r"\b(?:haben sie|hast du) kinder\b",
    ),
    "marital status or family": _any(
        r"\bmarital status\b",
        r"\bare you (?:currently )?(?:married|single|divorced|widowed)\b(?!-| to an? (?:approach|idea|tool))",
        r"\bare you engaged\b(?! (?:in|with|by)\b)",
        r"\byour (?:husband|wife|spouse|boyfriend|girlfriend|maiden name|marriage)\b",
        r"\byour partner\b" + _WORK_PARTNER,
        r"\byour family\b(?! of\b)",
        r"\b(?:sind sie|bist du) verheiratet\b",
    ),
    "religion": _any(
        r"\b(?:what|which) religion\b(?! (?:was|did) the (?:patient|family))",
        r"\byour (?:religion|faith|church|mosque|synagogue|temple|religious|beliefs)\b(?! in (?:the|a|your) )",
        r"\bare you (?:a )?" + _FAITHS,
        r"\bdo you (?:pray|go to church|believe in god|attend (?:church|mosque|mass))\b",
        r"\bihre religion\b",
    ),
    "nationality or origin": _any(
        r"\bwhere (?:are|do) you (?:really |originally )?(?:come )?from\b",
        r"\bwhere were you (?:born|raised)\b",
        r"\byour (?:nationality|ethnic\w*|ancestry|citizenship|country of (?:birth|origin)|national origin|origins?)\b",
        r"\byour race\b(?! conditions?)",
        r"\byour (?:mother tongue|(?:native|first) language|accent)\b(?! colou?r)",
        r"\bare you (?:a |an )?(?:citizen|foreigner|immigrant|native speaker)\b",
        r"\bwoher (?:kommen sie|kommst du)\b",
    ),
    "health or disability": _any(
        r"\byour (?:own )?(?:health|disabilit(?:y|ies)|illness(?:es)?|medical (?:history|conditions?|records?)|"
        r"mental health|medication)\b(?! (?:checks?|and safety|team|plan|service|app|round)s?)",
        r"\bdo you (?:have|suffer from) (?:any |a |an )?(?:health|medical|disabilit|illness|chronic|condition)",
        r"\bare you (?:disabled|healthy|ill|sick|on (?:any )?medication)\b",
        r"\b(?:sick|illness) (?:days|leave) (?:did|do|have) you\b",
        r"\b(?:did|do|have) you (?:take|took|taken) (?:any |much )?sick (?:days|leave)\b",
        r"\b(?:sind sie|bist du) (?:behindert|krank|gesund)\b",
    ),
    "sexual orientation or gender": _any(
        r"\bsexual orientation\b",
        r"\bare you (?:gay|straight|lesbian|bisexual|trans|transgender|queer)\b",
        r"\byour (?:gender|sexuality|sex)\b",
    ),
    "union membership": _any(
        r"\bunion membership\b",
        r"\bare you (?:in|part of|a member of|with) (?:a|any|the) (?:trade |labou?r |works )?union\b(?! of\b| type)",
        r"\b(?:do|did) you belong to (?:a|any|the) (?:trade |labou?r )?union\b",
        r"\b(?:joined?|joining) (?:a|any) (?:trade |labou?r )?union\b",
        r"\b(?:are|were) you (?:a |an )?(?:trade )?union member\b",
        r"\bgewerkschaftsmitglied\b",
    ),
    "politics": _any(
        r"\byour (?:politics|political)\b",
        r"\b(?:who|whom|which party) (?:do|did|would) you vote\b",
    ),
    "arrest record": _any(
        r"\b(?:you|ever) (?:ever )?been (?:arrested|convicted|in (?:prison|jail))\b",
        r"\bwere you (?:ever )?(?:arrested|convicted)\b",
        r"\b(?:criminal|arrest|police) record\b(?! (?:system|database|keeping))",
        r"\bvorbestraft\b",
    ),
    "salary history": _any(
        r"\bsalary history\b",
        r"\byour (?:current|present|previous|last|former|past|old) (?:salary|pay|wages?|compensation|income)\b"
        r"(?! (?:period|run|cycle|system|review))",
        r"\bhow much (?:do|did|are|were) you (?:earn|make|making|earning|paid|get paid)\b(?! (?:the|for the) )",
        r"\bwhat (?:do|did) you (?:earn|get paid)\b|\bwhat (?:are|were) you (?:earning|paid)\b",
    ),
}

# Matters that no anchor, indicator, advice or cue may be about.
PROTECTED: Final[_Patterns] = {
    "age": _any(
        _WHO + r"age\b",
        r"\b(?:right|suitable|working) age\b",
        r"\b(?:is|seems?|looks?|sounds?|too|still) (?:young|old|youthful|mature for)\b(?! (?:code|stock|system|version))",
        r"\b(?:young|youthful) (?:and(?! old)|person|candidate|mind|team)\b",
        r"\bdigital native\b",
        r"\b(?:under|over|below|above) \d{2} years old\b",
    ),
    "health": _any(
        _WHO + r"(?:health|disability)\b",
        r"\bin (?:good|poor|bad|perfect) health\b",
        r"\b(?:is|seems?|looks?|physically|stays?) (?:healthy|fit|disabled|sickly|able-bodied)\b"
        r"(?! (?:for (?:use|purpose)|again|after|nodes?|in the))",
        r"\b(?:has no|have no|no|without) (?:disabilit(?:y|ies)|illness(?:es)?|medical conditions?)\b(?! benefit)",
        r"\b(?:few|no|many) sick (?:days|leave)\b",
    ),
    "family": _any(
        _WHO + r"family\b",
        r"\bfamily (?:situation|status|plans?|commitments?|duties|responsibilities|background|planning)\b",
        r"\b(?:good|own|respectable) family\b",
        r"\b(?:is|are|being) (?:married|single|divorced|pregnant)\b(?!-)",
        r"\b(?:has|have) (?:no |any )?(?:children|kids)\b(?! (?:on|in|as|under)\b)",
        r"\bchildless\b|\bmarital\b",
    ),
    "origin": _any(
        r"\bnative[- ](?:speaker|english|german|french|spanish|level)\b",
        r"\bforeign(?:er|ers| name| sounding| accent| background)\b",
        r"\b(?:was|were|is|are) born (?:in|here|abroad|outside)\b",
        r"\b(?:nationality|ethnicity|immigrants?|ethnic (?:origin|background|group))\b",
    ),
    "religion or belief": _any(_WHO + r"(?:religion|faith|beliefs)\b", r"\b(?:is|being|are) (?:a )?" + _FAITHS),
    "sexual orientation or gender": _any(r"\bsexual orientation\b", _WHO + r"(?:gender|sex|sexuality)\b"),
    "union membership": _any(r"\bunion membership\b", r"(?<!credit )\bunion members?\b"),
    "a record or past pay": _any(r"\bcriminal record\b|\barrest record\b|\bsalary history\b|\bprevious salary\b"),
}

DELIVERY: Final = _any(
    r"\b(?:accent(?! colou?rs?)|accents|akzent)\b",
    r"\bfluen(?:t|cy|tly)\b(?! (?:api|interface|builder|ui|bit)s?\b)",
    r"(?<!shelf )\bfillers?\b(?! (?:metal|material|rod|cap|text|item|panel)s?\b)",
    r"\bpronunciation\b|\btone of voice\b|\bspeaking pace\b|\bstutter\w*|\bstammer\w*",
    r"\bspeaks? (?:clearly|confidently|slowly|fast|quickly|loudly|well)\b",
    r"\bsays? (?:um|uh|erm)\b",
)
ENTHUSIASM: Final = _any(
    r"\benthusias(?:m|tic|tically)\b(?! (?:customer|client|user|guest|buyer|patient)s?\b)",
    r"\bpassion(?:ate|ately)?\b(?! fruit)|\bbubbly\b|\bcharisma\w*|\bhigh energy\b",
    r"\b(?:is|seems|sounds) (?:energetic|upbeat|excited|cheerful)\b",
)
LOOKS: Final = _any(
    r"\bgood[- ]looking\b|\b(?:his|her|their) looks\b|\b(?:eye contact|body language|facial expressions?)\b",
    r"\blooks? (?:professional|smart|tidy|neat|presentable|confident|attractive)\b",
    r"\b(?:physical|personal|neat|tidy|smart|his|her|candidate's) appearance\b|\bappearance is\b",
    r"\bwell[- ](?:groomed|dressed|presented)\b|\bdress(?:es|ed) (?:well|smartly|neatly)\b",
    r"\battractive (?:person|candidate|man|woman|face)\b|\bis attractive\b|\bsmiles\b",
)
POSTAL: Final = _any(
    r"\bzip[- ]?codes?\b|\byour zip\b|\bpostcodes?\b|\bpostal codes?\b|\bpost codes?\b(?! reviews?)|\bpostleitzahl\w*",
    r"\b[A-Z]{2} \d{5}(?:-\d{4})?\b",
    r"\bwhere (?:do|did) you live\b|\byour (?:home address|neighbou?rhood)\b",
    r"\blives? (?:near|nearby|close to|within|in the (?:right|same) (?:area|district))\b",
)
LEADING: Final = _any(
    r"\b(?:don't|do not|wouldn't|didn't) you (?:think|agree|find|feel|believe)\b(?! (?:you|most|hardest|worked))",
    r"\bsurely\b|\bobviously\b|\bof course you\b|\bi(?:'m| am) sure (?:that )?you\b|\byou must have\b",
    r"(?:^|[.!?,;:]\s*|\b(?:so|but) )you (?:wouldn't|would never|would not|would always|do agree|agree that)\b",
    r", (?:wouldn't|isn't|aren't|don't|didn't|weren't|won't|can't) (?:you|it|they|we)\s*\?",
    r"(?:^|[.!?]\s+)(?:wouldn't|isn't|aren't|don't|won't) (?:you|it)\b",
    r", (?:right|correct|yes|no)\s*\?",
)

_ASKS_MORE = re.compile(r"\band,? (?:what|how|why|who|when|where|which|did|do|would|could|are|is)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")

_LITTLE_WORDS: Final = (
    "a an and are as at be both by for has have in is of on or shows show somewhat the this to very with who "
    "always never not no quite really rather fairly highly extremely generally often usually sometimes more most "
    "less least demonstrates displays exhibits seems appears overall"
)
_TRAIT_WORDS: Final = (
    "good bad great poor excellent outstanding strong weak average okay adequate nice solid superb exceptional "
    "communicator communication communicative communicates team player leader leadership learner thinker listener "
    "worker person candidate employee attitude personality character skill skills ability mindset fit culture cultural "
    "motivated unmotivated reliable unreliable friendly unfriendly confident shy honest hardworking hard-working "
    "proactive reactive passive creative smart clever intelligent analytical organised organized disorganised "
    "disorganized flexible inflexible resilient positive negative professional unprofessional ambitious committed "
    "dedicated responsible irresponsible empathetic empathic caring kind polite rude patient impatient calm nervous "
    "natural quick fast slow problem solver problem-solver self-starter driven curious humble assertive dependable "
    "trustworthy loyal competent incompetent talented experienced charming pleasant cooperative collaborative"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())
_TRAITS = frozenset(_TRAIT_WORDS.split())


def words(text: str) -> list[str]:
    """The words of `text`, lower case; hyphens and apostrophes stay inside a word."""
    return _WORD.findall(plain(text).casefold())


def plain(text: str) -> str:
    """`text` with straight apostrophes and single spaces, so that one pattern fits all spellings."""
    return " ".join(text.replace("\u2019", "'").replace("\u02bc", "'").split())


def only_traits(text: str) -> bool:
    """Whether nothing but trait words and small words is left of `text` ("Very good communicator")."""
    content = [w for w in words(text) if w not in _LITTLE]
    return bool(content) and all(w in _TRAITS for w in content)


def things_asked(text: str) -> int:
    """How many things a question asks: its question marks, and every further "and what", "and how" ..."""
    return max(1, text.count("?")) + len(_ASKS_MORE.findall(text))


def first_topic(patterns: _Patterns, text: str) -> tuple[str, str] | None:
    """The first topic whose pattern occurs in `text`, with the words that gave it away."""
    for topic, pattern in patterns.items():
        if hit := found(pattern, text):
            return topic, hit
    return None


def found(pattern: re.Pattern[str], text: str) -> str:
    """The words of `text` that `pattern` matches, or nothing."""
    hit = pattern.search(plain(text))
    return hit.group().strip(" ,.;:") if hit else ""
