"""The people whose time can be booked, as one person of the team finds them: by name, by pool."""

from dataclasses import dataclass
from hashlib import blake2s

from bot.desk.sight import Sight
from bot.desk.wanted import Directory
from bot.keyring import Erased
from bot.scheduling import profiles
from bot.scheduling.profiles import Profile
from bot.store.rows import Interviewer
from bot.store.store import Row
from flows.words.appointments_en import names as joined

__all__ = ["Known", "directory", "group_name", "in_pool", "joined", "known", "named_pool", "pool_ref", "pools_of"]


@dataclass(frozen=True, slots=True)
class Known:
    """A member of the team who has hours. paused: nobody new is booked with them."""

    id: str
    name: str
    profile: Profile
    paused: bool


def known(sight: Sight) -> list[Known]:
    """Everybody on the team who has hours, in the order in which they came."""
    rows = {r["id"]: r for r in sight.tx.find(Interviewer, {"tenant_id": sight.tenant_id})}
    found: list[Known] = []
    for member in sight.members():
        row = rows.get(member["id"])
        profile = _profile(sight, row) if row is not None else None
        if row is not None and profile is not None:
            found.append(Known(member["id"], sight.name_of(member["id"]), profile, row["state"] == "paused"))
    return found


def _profile(sight: Sight, row: Row) -> Profile | None:
    try:
        sight.keys.load(sight.tx, sight.tenant_id, row["id"])
        return profiles.opened(sight.keys, row)
    except Erased:
        return None


def pools_of(everybody: list[Known]) -> dict[str, tuple[str, ...]]:
    """Pool -> the ids of those in it, by name. One pool however its name is written."""
    found: dict[str, tuple[str, list[str]]] = {}
    for one in everybody:
        for pool in one.profile.pools:
            found.setdefault(pool.casefold(), (pool, []))[1].append(one.id)
    return {name: tuple(ids) for name, ids in sorted(found.values(), key=lambda v: v[0].casefold())}


def directory(sight: Sight) -> Directory:
    """Whom a name in a line may mean."""
    members = tuple((m["id"], sight.name_of(m["id"])) for m in sight.members())
    return Directory(members, pools_of(known(sight)))


def in_pool(everybody: list[Known], pool: str) -> list[Known]:
    """The people of a pool."""
    wanted = pool.casefold()
    return [k for k in everybody if wanted in {p.casefold() for p in k.profile.pools}]


def named_pool(everybody: list[Known], text: str) -> str:
    """The pool as it is written; "" for what is none."""
    wanted = " ".join(text.split()).casefold()
    return next((name for name in pools_of(everybody) if name.casefold() == wanted), "")


def pool_ref(pool: str) -> str:
    """A pool's name as a button can carry it: its own words may be long, or hold a colon."""
    return "pl_" + blake2s(pool.casefold().encode(), digest_size=8).hexdigest()


def group_name(sight: Sight, pool: str, people: tuple[str, ...]) -> str:
    """What a group is called to the team."""
    return pool or joined(tuple(sight.name_of(p) for p in people))
