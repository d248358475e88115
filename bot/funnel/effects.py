"""What facts of conversations mean for the way through the stages. Each runs in its fact's own transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from bot import hiring
from bot.funnel import carrying, promising
from bot.mail import Mail
from bot.scene import Scene
from bot.threads import Conv

Effect = Callable[[Scene, Conv, dict[str, Any], Any], None]


def effects(below: Mapping[str, Effect], decision_days: int) -> dict[str, Effect]:
    """Fact -> effect, on top of those `below`. decision_days: the day that candidates are promised, from the invitation."""

    def submitted(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        below["submitted"](scene, conv, data, result)
        interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])
        if interview["status"] == "submitted":
            promising.begin(scene, interview, decision_days)

    return {"submitted": submitted, "onward:ended": _went_on, "onward:open": below["invite:open"]}


def held(decision_days: int) -> Callable[[Scene, Mail], None]:
    """What is done when people have held an interview (the letter `held`): the candidate is promised a day."""

    def deed(scene: Scene, mail: Mail) -> None:
        interview = hiring.get_interview(scene.tx, scene.tenant_id, mail.data["interview"])
        if interview["status"] == "submitted":
            promising.begin(scene, interview, decision_days)

    return deed


def _went_on(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    carrying.begins(scene, hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"]), str(result))
