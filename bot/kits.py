"""Kit files: where they are, how to load one, and how to start a new one. What a kit means is in flows/kits."""

import json
from pathlib import Path

from flows.kits.model import Kit
from flows.kits.schema import json_schema
from flows.kits.source import MOST_CHARACTERS, Located, parse

SHIPPED = Path(__file__).resolve().parent.parent / "kits"
SCHEMA_NAME = "kit.schema.json"
_MOST_BYTES = 4 * MOST_CHARACTERS + 4  # UTF-8 needs four bytes a character at most
EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA_NAME}\n"


class KitProblem(Exception):
    """A kit cannot be used. The message says where, why and what to do, one line per problem."""

    def __init__(self, message: str, problems: tuple[Located, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class KitLibrary:
    """The kits of one folder, by name; without an argument, the kits that come with Parley."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self.folder = folder

    def files(self) -> list[Path]:
        """Every kit file, in the order of the names."""
        return sorted(self.folder.glob("*.yaml"))

    def names(self) -> list[str]:
        """The name of every kit, in order."""
        return [path.stem for path in self.files()]

    def load(self, name: str) -> Kit:
        """The kit called `name`; `KitProblem` when there is none or it has errors."""
        if name not in self.names():
            known = ", ".join(self.names()) or "none yet"
            raise KitProblem(f'There is no kit called "{name}" in {self.folder}. Kits here: {known}.')
        return load_file(self.folder / f"{name}.yaml")


def check_file(path: Path) -> tuple[Kit | None, list[Located]]:
    """The kit in a file and all its problems, warnings too. A file that cannot be read is one problem."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
        # A file that was cut here is too long in any case; the cut must not look like a broken character.
        text = data.decode("utf-8-sig", errors="replace" if len(data) == _MOST_BYTES else "strict")
    except UnicodeDecodeError:
        return None, [_unreadable(path, "This is not a text file in UTF-8.", "Save it as UTF-8.")]
    except OSError as error:
        message = f"The file cannot be read ({_reason(error)})."
        return None, [_unreadable(path, message, "Check the name and the folder.")]
    kit, problems = parse(text, str(path))
    if kit is not None and kit.kit != path.stem:
        message = f'The kit calls itself "{kit.kit}", but the file is called {path.name}.'
        problems.append(Located(str(path), 1, 1, message, "Make the two the same.", rule="file-name"))
    return kit, problems


def load_file(path: Path) -> Kit:
    """The kit in a file; `KitProblem` naming every error. Warnings do not stop it."""
    kit, problems = check_file(path)
    errors = tuple(p for p in problems if p.severity == "error")
    if kit is None or errors:
        raise KitProblem("This kit cannot be used yet:\n" + "\n".join(str(p) for p in errors), errors)
    return kit


def _unreadable(path: Path, message: str, remedy: str) -> Located:
    return Located(str(path), 1, 1, message, remedy, rule="file")


def schema_text() -> str:
    """The JSON Schema of kit files as it is stored beside them."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def new_kit(path: Path, title: str) -> None:
    """Write a commented starter kit to `path`; `KitProblem` when the file exists or its name cannot be a kit name.

    The kit is parsed before it is written, so what lands on the disk is always free of problems.
    """
    text = EDITOR_LINE + STARTER.replace("{name}", path.stem).replace("{title}", json.dumps(title, ensure_ascii=False))
    _, problems = parse(text, str(path))
    if problems:
        raise KitProblem("\n".join(str(p) for p in problems), tuple(problems))
    if not path.parent.is_dir():
        raise KitProblem(f"There is no folder {path.parent}. Create it, or choose another place.")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        schema = path.parent / SCHEMA_NAME
        if not schema.exists():
            schema.write_text(schema_text(), encoding="utf-8")
    except FileExistsError:
        raise KitProblem(f"{path} exists already. Choose another name, or edit that file.") from None
    except OSError as error:
        raise KitProblem(f"{path} cannot be written ({_reason(error)}). Check the folder.") from None


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()


STARTER = """\
# An interview kit. Check it with: parley kit lint <this file>
# Every change gets a new version; interviews that have started keep theirs.
kit: {name}
version: 1
title: {title}
role: "Write in one sentence what the person will do, as a candidate should read it."
languages: [en]

# Easy, and never scored: it only helps to arrive.
warm_up:
  ask: "What made you curious about this role?"

# What the interview is about. The weights add up to 1.
competencies:
  ownership:
    title: Ownership
    weight: 0.5
    minimum: 2
    # Describe what people say or did at each level, not what they are like.
    anchors:
      1: "Waits to be told; names no step of their own"
      2: "Names one step of their own without saying how it ended"
      3: "Names several steps of their own and how it ended"
      4: "Names their steps, the reason for them, and an outcome that can be checked"
      5: "Names their steps, a checked outcome, and what they changed afterwards"
    # 3 to 8 observable acts. `grow` is advice for the candidate; `cues` are phrasings people really use.
    indicators:
      own_step:
        text: "Says which steps they took themselves"
        grow: "Say which part was yours: name the steps you took yourself."
        cues: ["I took over the task myself", "my part was to fix it", "I called the supplier myself"]
      outcome:
        text: "Names an outcome that can be checked: a number, a date or a decision"
        grow: "Finish with how it ended, with a number, a date or a decision if you have one."
        cues: ["it ended with the delivery on time", "complaints went down by half", "manager decided to keep it"]
      changed_after:
        text: "Names one thing they do differently since then"
        grow: "Add what you do differently since then."
        cues: ["since then I always double check", "next time I would ask earlier", "I wrote a checklist afterwards"]
    # How many indicators give which level; partly counts half. The last line is always min_met 0.
    levels:
      - {min_met: 3, level: 5}
      - {min_met: 2, level: 4}
      - {min_met: 1.5, level: 3}
      - {min_met: 1, level: 2}
      - {min_met: 0, level: 1}
  working_together:
    title: Working together
    weight: 0.5
    anchors:
      1: "Speaks of others only as an obstacle"
      2: "Mentions that others were involved, without saying what was agreed"
      3: "Says whom they asked or told, and what was agreed"
      4: "Says what the other side needed and how both sides reached an agreement"
      5: "Says what the other side needed, what was agreed, and how they made sure it held"
    indicators:
      other_view:
        text: "Describes what the other person needed or saw differently"
        grow: "Describe what the other person needed, in their words."
        cues: ["she was worried about the deadline", "he saw the problem differently", "from their side it looked risky"]
      agreement:
        text: "Says what was agreed in the end"
        grow: "Say what the two of you agreed in the end."
        cues: ["we agreed on a new plan", "we settled on a compromise", "in the end we split the work"]
      follow_up:
        text: "Says how they checked that the agreement held"
        grow: "Say how you made sure that the agreement held."
        cues: ["I checked back after a week", "we met again to review it", "I sent a short summary afterwards"]
    levels:
      - {min_met: 3, level: 5}
      - {min_met: 2, level: 4}
      - {min_met: 1.5, level: 3}
      - {min_met: 1, level: 2}
      - {min_met: 0, level: 1}

# Asked in this order. Ask for something that happened, and for one thing at a time.
questions:
  - id: broke
    ask: "Tell me about a time when something you were responsible for went wrong. What did you do?"
    purpose: "Ownership when things go wrong"
    competencies: {ownership: [own_step, outcome, changed_after]}
    answer: {modes: [text, voice], guide_minutes: 4}
    ai_use: disclose # free, disclose or none
    # One follow-up for each indicator above. At most two are asked.
    probes:
      own_step: "Which part of that did you do yourself?"
      outcome: "How did it end?"
      changed_after: "What do you do differently since then?"
    clarifications:
      - asks: "what counts as going wrong"
        say: "Anything that did not work out for someone: a delivery, a plan, a promise."
  - id: disagreement
    ask: "Tell me about a time when you and somebody you work with wanted different things. How did you handle it?"
    purpose: "How the person reaches agreements"
    competencies: {working_together: [other_view, agreement, follow_up]}
    answer: {modes: [text, voice], guide_minutes: 4}
    ai_use: disclose
    probes:
      other_view: "What mattered to the other person?"
      agreement: "What did you agree in the end?"
      follow_up: "How did you know that it held?"

# What Parley may tell a candidate who asks. Say only what is true.
facts:
  - {about: [process, next, steps], say: "After this interview a person reads every answer and writes to you."}
"""
