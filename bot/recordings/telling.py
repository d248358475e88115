"""Showing somebody who waits for the words of a long recording how far we are."""

from dataclasses import replace
from typing import Any, cast

from bot.mail import Mail
from bot.recordings import shelf
from bot.scene import AIDS, Scene
from bot.store.rows import Outbox
from flows.cards import from_json
from flows.words import voice_en as words

LETTER = "listening"


def listening(scene: Scene, mail: Mail) -> None:
    """Edit the message that said that a recording has come. part: how much of it has been heard."""
    row = shelf.get(scene.tx, scene.tenant_id, mail.data["recording"])
    if row is None or row["thread_id"] != scene.thread["id"] or row["state"] not in (shelf.COMING, shelf.KEPT):
        return  # a report that was overtaken by the words themselves
    where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "step": f"~listening.{row['id']}"}
    shown = scene.tx.find(Outbox, {**where, "act": "send"}, "-seq", 1)
    if shown and (body := shown[0]["body"]) is not None:
        message = shown[0]
        scene.keys.load(scene.tx, scene.tenant_id, message["subject_id"])
        before = cast("dict[str, Any]", scene.keys.open(scene.tenant_id, message["subject_id"], body))
        before.pop(AIDS, None)
        card = replace(words.listening(row["ms"] / 1000, mail.data["part"]), options=from_json(before).options)
        about = {"subject_id": message["subject_id"], "interview_id": message["interview_id"]}
        scene.edit(message["id"], card, token=message["token"], **about)
