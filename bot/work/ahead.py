"""An answer has closed: have it read while the candidate goes on, so that the scorecard is ready soon after the last one."""

from collections.abc import Callable, Mapping
from typing import Any

from bot import hiring
from bot.scene import Scene
from bot.threads import Conv
from flows.unheard import recorded

Effect = Callable[[Scene, Conv, dict[str, Any], Any], None]


def _closed(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """A question is on the screen, so the one before it has its answer."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])
    kit = hiring.kit_of(hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"]))
    asked = [q.id for q in kit.questions]
    nth = asked.index(data["question"]) if data["question"] in asked else 0
    if nth and asked[nth - 1] not in recorded(conv.journal, conv.id):  # what was heard may still be corrected
        scene.work(
            "ReadAhead",
            {"question": asked[nth - 1]},
            conversation_id=conv.id,
            interview_id=interview["id"],
            subject_id=interview["candidate_id"],
            step="",
            quietly=True,
        )


def effects(below: Mapping[str, Effect], with_model: bool) -> dict[str, Effect]:
    """What facts mean here, besides what they mean `below`; nothing where no model is configured, since text matching
    takes no time."""
    first = below.get("question_shown")

    def effect(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        if first is not None:
            first(scene, conv, data, result)
        _closed(scene, conv, data, result)

    return {"question_shown": effect} if with_model else {}
