"""Who looks at which competencies: divided up evenly and by itself, unless a recruiter says otherwise.

It stands in an interview's flags as `"focus": {person: [competency keys]}`, and both the brief and the rating follow it.
"""

from collections.abc import Sequence

from bot import hiring
from bot.scene import Scene
from bot.store.store import Row, Tx

Focus = dict[str, list[str]]


def of(interview: Row) -> Focus:
    return {p: list(keys) for p, keys in hiring.flags(interview).get("focus", {}).items()}


def mine(kit_keys: Sequence[str], interview: Row, person: str) -> list[str]:
    """The competencies that this person looks at, in the kit's order; all of them where nothing is divided up."""
    own = of(interview).get(person, ())
    return [k for k in kit_keys if k in own] or list(kit_keys)


def divided(kit_keys: Sequence[str], team: Sequence[str], given: Focus) -> Focus:
    """Every competency has somebody, and everybody has one; what is `given` stays with whoever is still there.

    Whoever has the fewest gets the next one, the first in `team` among equals. A newcomer without any gets one from
    whoever has the most, or shares one where nobody has two.
    """
    found: Focus = {p: [k for k in kit_keys if k in given.get(p, ())] for p in team}
    if not team:
        return {}
    for key in kit_keys:
        if not any(key in own for own in found.values()):
            found[min(team, key=lambda p: len(found[p]))].append(key)
    for n, person in enumerate(p for p in team if not found[p]):
        fullest = max(team, key=lambda p: len(found[p]))
        if len(found[fullest]) > 1:
            found[person].append(found[fullest].pop())
        elif kit_keys:
            found[person].append(kit_keys[n % len(kit_keys)])
    return {p: [k for k in kit_keys if k in own] for p, own in found.items()}


def settle(scene: Scene, interview: Row, team: Sequence[str], given: Focus | None = None) -> Row:
    """Divide the kit up among `team` and keep that; one person alone looks at everything. The interview as it is then."""
    known = of(interview) if given is None else given
    focus = divided(_keys(scene.tx, interview), team, known) if len(team) > 1 else {}
    return interview if focus == of(interview) else hiring.set_flags(scene.tx, interview, focus=focus)


def _keys(tx: Tx, interview: Row) -> list[str]:
    return list(
        hiring.kit_of(hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])).competencies
    )
