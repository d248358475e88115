"""The JSON Schema of a kit file, so that editors complete keys and show what they mean."""

from typing import Any, Final, cast

from flows.kits.languages import LANGUAGES
from flows.kits.model import Kit

# What an editor shows where the model itself says nothing. Keyed by model name and field name.
_HELP: Final[dict[str, dict[str, str]]] = {
    "Kit": {
        "kit": "the name of the kit, the same as its file: small letters, digits and -",
        "version": "a whole number; a new one for every change",
        "title": "the name of the role, as people read it",
        "languages": "two-letter codes of the languages an answer may be in",
        "warm_up": "an easy opening that is never scored",
        "competencies": "what the interview is about: 1 block per competency; the weights add up to 1",
        "questions": "the questions, asked in this order",
        "facts": "what Parley may tell a candidate who asks about the role",
    },
    "Competency": {
        "title": "the name of the competency, as raters read it",
        "weight": "its share of the overall result, above 0; all weights add up to 1",
        "minimum": "the lowest level that is enough for the role",
        "indicators": "3 to 8 observable acts; each one a text, or a block with text, grow and cues",
    },
    "LevelRule": {
        "min_met": "at least this many indicators met; partly counts half",
        "level": "the level this gives, 1 to 5",
    },
    "AnswerGuide": {
        "modes": "how a person may answer",
        "guide_minutes": "how many minutes a good answer takes",
        "takes": "how many takes a recorded interview allows for it; 1 leaves it at the usual 3",
        "think_minutes": "minutes to think first, as a recorded interview says; 0 leaves it at the usual 2",
    },
    "Clarification": {"asks": "what the candidate did not understand", "say": "what Parley says then"},
    "Question": {
        "id": "a short name, used once",
        "ask": "the question, word for word; 60 words at most",
        "purpose": "why it is asked, for the hiring team",
        "answer": "how to answer, and how long it takes",
        "ai_use": "whether AI help is free, to be disclosed, or not allowed",
        "max_follow_ups": "at most this many follow-ups are asked",
        "clarifications": "what Parley may explain when a candidate asks; never scored",
    },
    "RoleFact": {"about": "words in a candidate's question that this fact answers", "say": "the answer"},
}


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a kit file; an indicator may be a block or a plain text, as in the model."""
    schema = Kit.model_json_schema()
    definitions = cast("dict[str, dict[str, Any]]", schema["$defs"])
    for name, block in {**definitions, "Kit": schema}.items():
        for field, text in _HELP.get(name, {}).items():
            block["properties"][field].setdefault("description", text)
    competency = definitions["Competency"]["properties"]
    _allow_plain_indicators(competency["indicators"])
    competency["anchors"] |= {
        "properties": {str(n): {"type": "string", "title": f"Level {n}"} for n in range(1, 6)},
        "additionalProperties": False,
    }
    schema["properties"]["languages"]["items"] = {"type": "string", "enum": sorted(LANGUAGES)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _allow_plain_indicators(block: dict[str, Any]) -> None:
    """The model turns a plain text into an indicator before it validates, which pydantic's schema cannot know."""
    either = {"anyOf": [{"$ref": "#/$defs/Indicator"}, {"type": "string", "title": "One observable act"}]}
    block["patternProperties"] = dict.fromkeys(block["patternProperties"], either)
    block["additionalProperties"] = False
