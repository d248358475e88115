"""How the machine's scorecard speaks: levels with their bands, and why something is not scored."""

REASONS = {
    "too_short": "too short",
    "no_answer": "no answer",
    "unsupported_language": "language not in the kit",
    "off_topic": "the answer is about something else",
    "rubric_copied": "repeats the rubric",
    "injection_flag": "a sentence speaks to the machine; please read it yourself",
    "injection_moved_score": "a flagged sentence would change the level",
    "insufficient_evidence": "not enough evidence",
    "insufficient_calibration": "no numbers until your team has calibrated text matching",
    "calibration_off": "your team's own ratings did not agree with this model",
    "unstable": "the runs disagree",
    "quotes_rejected": "quotes could not be verified",
    "schema_failure": "the model's answers could not be read",
    "model_unreachable": "the model could not be reached",
    "refused": "the model would not read the answer",
    "truncated": "the model's answers were cut off",
    "over_budget": "the token budget of this interview is used up",
    "low_stt_confidence": "the recording could not be understood well enough",
    "no_speech": "nothing was said in the recording",
    "no_consent": "no consent to AI-assisted scoring",
    "gate_closed": "AI-assisted scoring is not open for this place",
    "stopped": "a recruiter stopped the reading",
}
ASSIST_ONLY = "a hint only, by your team's calibration"


def not_scored(reason: str) -> str:
    """How a card says that nothing is scored, and why."""
    return f"not scored: {REASONS.get(reason, reason.replace('_', ' '))}"


def matched(seen: int, of: int) -> str:
    return f"{seen} of {of} indicators found, by text matching"


def by_matching(level: int) -> str:
    return f"{level}, by text matching calibrated on your own ratings"


def by_model(level: int, low: int, high: int, stable: bool, runs: int) -> str:
    band = f"band {low}-{high}" if low != high else f"band {low}"
    return f"{level} ({band}, {'stable' if stable else 'one run only' if runs < 2 else 'not stable'})"


def moved(with_them: int, without: int | None) -> str:
    """The difference that flagged sentences make, for people to see."""
    other = f"level {without}" if without is not None else "no level"
    return f"{not_scored('injection_moved_score')} (level {with_them} with it, {other} without it)"
