"""What the made-up applicants of the demo write, what its made-up raters say, and how the run is told."""

FIRST = (
    "Amina", "Bruno", "Chidi", "Dana", "Elif", "Farah", "Goran", "Hana", "Ivo", "Jade",
    "Kofi", "Lena", "Mei", "Nils", "Oumar", "Pia", "Quinn", "Rosa", "Sami", "Tova",
)  # fmt: skip
LAST = (
    "Abara", "Berg", "Costa", "Dube", "Eriksen", "Fofana", "Garcia", "Horvat", "Ito", "Jansen",
    "Kaya", "Lind", "Moreau", "Nowak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka",
)  # fmt: skip
OPENERS = (
    "That was last spring, when I worked for a small shop.",
    "I remember one case quite well, from my second year in support.",
    "We were a team of four, and it was a busy Monday.",
    "In my last job this came up more than once, so I take the clearest case.",
    "A regular customer wrote to us in the evening.",
)
CLUES = (
    "I {cue}.",
    "So I {cue}, and wrote it down.",
    "Then I {cue}.",
    "In the end I {cue}.",
    "What helped was that I {cue}.",
)
FILLERS = (
    "There was a lot going on that day and several colleagues were ill.",
    "Looking back, it took longer than I would have liked.",
    "My colleagues were kind about it and we talked it over afterwards.",
    "It was not an easy day for anybody in the team.",
    "We used a shared inbox at the time, which is a story of its own.",
    "I like this kind of work because every day is different.",
)
SHORT = "I would say that I always try to be friendly and to help as well as I can, and that mostly works out fine for everybody."
RATED = "Made up by the demo's script, not read by a person."
REASON_ADVANCE = "their bands stand out, or tie at the edge and were compared side by side"
REASON_REJECT = "others showed more of what this role asks for"
ROLE = "Support team"
STAGES = "recorded screen, live interview"
STEPS = {
    "open": "Open the requisition",
    "stages": "Name its stages",
    "list": "Paste the list and look it over",
    "invite": "Confirm: everybody is invited",
    "applicants": "(the applicants answer, each on their own)",
    "raters": "(two raters rate everybody, each sealed)",
    "board": "Look at the board",
    "shortlist": "Ask for the shortlist of ten",
    "table": "Open the whole table in a browser",
    "compare": "Compare the first",
    "advance": "Ten go on: reason and preview",
    "advanced": "Confirm: ten are decided",
    "reject": "The rest: reason and preview",
    "rejected": "Confirm: the rest is decided, letters for tomorrow",
}
EVERYBODY_MADE_UP = "Applicants, answers and ratings are made up by a script; nobody is judged by this."
COLUMNS = ("what the recruiter does", "lines and buttons", "seconds", "what is answered")
ALL = "All of it"


def stuck(step: str, why: str) -> str:
    return f"The run got stuck after \u201c{STEPS[step]}\u201d ({why})."


def requests(n: int) -> str:
    return f"{n} requests of browsers"


def look(url: str, home: str) -> str:
    return f"Look at it all: {url}  (Ctrl+C ends it; its data is in {home})"
