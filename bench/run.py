"""`make bench` and `parley bench [names]`: measure, each figure beside a baseline of the same run.

Prints one JSON object a line: {"bench", "value", "unit", "baseline", "baseline_value", "ratio", "aim", "met"}, and
lines {"bench", "context": {...}} that say under what circumstances.
"""

import sys

import bad_recordings
import followup
import ics
import loops
import memory
import memory_1h_recording
import overhead
import race
import reminders
import replay
import scorecard
import slots
import startup
import transcribe
import turns

TURNS = ("turns", "turns_p99", "turns_inside", "turns_floor")
MEMORY = ("memory_open_conversations", "memory_open_pages")
OTHERS = {
    "startup": startup.main,
    "replay": replay.main,
    "loop_ten_days": loops.main,
    "ics_large": ics.main,
    "bad_recordings": bad_recordings.main,
    "transcribe": transcribe.main,
    followup.NAME: followup.main,
    "memory_1h_recording": memory_1h_recording.main,
    "race_bookings": lambda: race.race_bookings(10_000, 4, 1),
}
PLATFORMS = tuple(overhead.NAMES)


def main(names: list[str]) -> None:
    known = (*TURNS, *MEMORY, *OTHERS, *slots.NAMES, *reminders.NAMES, *scorecard.NAMES, *PLATFORMS)
    if unknown := [n for n in names if n not in known]:
        sys.exit(f"There is no benchmark {unknown[0]}. There are: {', '.join(known)}.")
    chosen = set(names or known)
    if chosen & set(TURNS):
        turns.on_our_loop(turns.main(chosen & set(TURNS)))
    if chosen & set(MEMORY):
        memory.main(chosen)
    for name, run in OTHERS.items():
        if name in chosen:
            run()
    slots.main(chosen & set(slots.NAMES))
    reminders.main(chosen & set(reminders.NAMES))
    scorecard.main(chosen & set(scorecard.NAMES))
    overhead.main(chosen & set(PLATFORMS))


if __name__ == "__main__":
    main(sys.argv[1:])
