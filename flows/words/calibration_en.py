"""Every sentence about calibration, in English: drills, agreement, rehearsals, and what `parley calibrate` says."""

from flows.cards import Card, Option, Quote, Row
from flows.rating.drills import Standing, Team

# -- a rehearsal of a kit -------------------------------------------------------------------------------------


def no_tongue(languages: str) -> str:
    return f"A rehearsal needs a kit in English or German; this one is in {languages}."


def model_useless(reason: str) -> str:
    return f"The model gave nothing to use ({reason.replace('_', ' ')}). Check --base-url and --model."


def never_asked(title: str, indicator: str) -> str:
    return f"{title}: no question can show \u201c{indicator}\u201d. Add it to a question, or take it out."


def no_cues(title: str, indicator: str) -> str:
    return f"{title}: \u201c{indicator}\u201d has no cues, so without a model hardly any answer shows it. Add three or more."


def never_shown(title: str, indicator: str) -> str:
    return (
        f"{title}: an answer made of its own cue does not show \u201c{indicator}\u201d. Write cues of three words or more, "
        "as people say them."
    )


def no_probe(question: str, indicators: str) -> str:
    return f"Question {question}: nothing can be followed up for {indicators}. Add a probe for each."


def not_apart(title: str) -> str:
    return f"{title}: a strong answer and a vague one look much the same. Make the indicators more concrete."


def only_own_words(title: str) -> str:
    return f"{title}: nothing is found when the same is said in other words. Add more cues, as different people say it."


def lenient(title: str, indicators: str) -> str:
    return f"{title}: a vague answer shows this already: {indicators}. Ask for something that was done."


def likes_length(title: str) -> str:
    return f"{title}: the same content counts differently when it is told at length. Look at its cues."


def likes_grammar(title: str) -> str:
    return f"{title}: the same content counts less with a learner's grammar. Use cues of meaningful words."


def obeys(title: str) -> str:
    return f"{title}: an answer that gives orders to the software counts more than without them. Look at its cues."


def model_not_apart(title: str, strong: int, weak: int) -> str:
    return f"{title}: the model gives {strong} to the strong answer and {weak} to the vague one."


def model_obeys(title: str) -> str:
    return f"{title}: orders in an answer raised the model's level. Don't use this model for scoring."


def model_length(title: str) -> str:
    return f"{title}: the model gives short and long answers with the same content levels that are two apart."


def model_grammar(title: str) -> str:
    return f"{title}: the model gives a learner's grammar a level that is two apart."


# -- the weekly drill -----------------------------------------------------------------------------------------

NO_BASIS = "No basis"
ONLY_RATERS = Card("Only people who recruit or rate for this role take part in its drills.", tone="aside")
DRILL_OVER = Card("This drill is over. The next one comes by itself.", tone="aside")
NO_ANSWER_YET = (
    "There is no answer for a drill yet. One is taken from interviews whose scorecards are open, and each only once."
)
HOW_DRILL = "Write /interview drill on, off or now, and the requisition: /interview drill on Support engineer."


def drill_on(title: str) -> str:
    return (
        f"Once a week I'll post an anonymised answer of {title} in its channel, to rate blind. The first comes in a week; "
        "/interview drill now posts one at once."
    )


def drill_off(title: str) -> str:
    return f"There are no more weekly drills for {title}."


def drill_posted(title: str) -> str:
    return f"A drill for {title} is in its channel."


def drill_post(title: str, ask: str, answer: str, anchors: dict[int, str], raters: int) -> Card:
    """The post. It never says who gave the answer, nor who rated it how."""
    options = tuple(Option(str(level), str(level)) for level in range(1, 6))
    return Card(
        f"The drill of this week: how would you rate this answer for {title}? Only you hear how you compare.",
        title="Rate one answer, blind",
        quotes=(Quote(answer),),
        rows=(Row("Question", ask), *(Row(str(level), text) for level, text in anchors.items())),
        options=(*options, Option("none", NO_BASIS, "quiet")),
        foot=_taken_part(raters),
    )


def drill_closed(raters: int) -> Card:
    return Card("This drill is over.", title="Rate one answer, blind", tone="done", foot=_taken_part(raters))


def _taken_part(raters: int) -> str:
    return {0: "Nobody has rated it yet.", 1: "One person has rated it."}.get(raters, f"{raters} people have rated it.")


def own_drill(level: int | None, stands: Standing) -> Card:
    """What one person hears after they rated; nobody else sees it."""
    gave = "You saw no basis to rate it." if level is None else f"You gave {level}."
    if level is not None and stands.others is not None:
        text = f"{gave} The others' median is {stands.others:g}. {own_lean(stands)}"
    else:
        text = f"Thank you. {gave} Once three people have rated it, press again to hear how you compare."
    return Card(text, tone="aside")


def own_lean(stands: Standing) -> str:
    """Agreement and leniency over all drills so far."""
    if stands.near is None or stands.lean is None:
        return "There is no drill of yours yet that three people have rated."
    way = (
        "as the others do" if abs(stands.lean) < 0.25 else f"{abs(stands.lean):.1f} {_way(stands.lean)} than the others"
    )
    drills = "one drill" if stands.drills == 1 else f"{stands.drills} drills"
    return f"Over {drills} you rate on average {way}, and at most one level away in {stands.near:.0%}."


def _way(lean: float) -> str:
    return "higher" if lean > 0 else "lower"


def calibration(own: str, teams: tuple[tuple[str, str], ...], measured: tuple[tuple[str, str], ...]) -> Card:
    """Your own standing; for recruiters the team's agreement, without names, and what was measured of scorers."""
    rows = (Row("You", own), *(Row(title, text) for title, text in (*teams, *measured)))
    foot = "Nobody sees anybody else's ratings. Software is measured with: parley calibrate" if teams else ""
    return Card("How much your ratings agree.", rows=rows, foot=foot)


def measured_line(scorer: str, verdict: str) -> str:
    """What the team's own double ratings say of a scorer."""
    name = "text matching" if scorer == "evidence-map" else "the model " + scorer.partition("/")[2].rpartition("/")[0]
    says = {
        "usable": "about as consistent as one trained rater",
        "assist-only": "good enough to point at evidence only",
    }
    return f"{name}: {verdict}, {says.get(verdict, 'not better than chance or length')}"


def team_line(team: Team) -> str:
    """A team's agreement in one line."""
    if team.near is None:
        return "no drill yet that three people have rated"
    kappa = "" if team.kappa is None else f", QWK {team.kappa:.2f}"
    count = "one drill" if team.drills == 1 else f"{team.drills} drills"
    return f"{team.near:.0%} of ratings at most one level apart{kappa} ({count})"


# -- /interview kit rehearse ----------------------------------------------------------------------------------

HOW_REHEARSE = "Name a kit: /interview kit rehearse customer-support. /interview kits lists them."
NOTHING_TO_CHANGE = "Nothing to change: strong and vague answers are told apart, and every indicator can be shown."
_MOST_FINDINGS = 12


def rehearsed(name: str, good: bool, apart: tuple[tuple[str, float], ...], findings: tuple[str, ...]) -> Card:
    """A rehearsal in a chat. `apart`: competency -> how far strong is ahead of weak; `findings`: what to change."""
    rows = [Row(title, f"strong ahead of vague by {share:.0%} of its indicators") for title, share in apart]
    shown = "\n".join(findings[:_MOST_FINDINGS])
    more = len(findings) - _MOST_FINDINGS
    foot = (
        f"{more} more: parley kit rehearse {name}" if more > 0 else "Six synthetic candidates, read by text matching."
    )
    head = "This kit is ready to be used." if good else "This kit should be changed before it is used."
    return Card(f"{head}\n{shown or NOTHING_TO_CHANGE}", title=f"Rehearsal of {name}", rows=tuple(rows), foot=foot)
