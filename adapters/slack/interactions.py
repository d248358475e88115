"""What people press, choose and send off in Slack, as what it means. Pure; see `parse.py` for the events and the rules."""

from adapters.contract import FILL_IN, Form, Place, Slash, Tap, pressed
from adapters.slack.parse import Fill, Found, Payload, Reply, Sender, address_of, entries, name, part, readable
from adapters.slack.views import FORM


def slash(payload: Payload, team: str) -> Found:
    """A slash command."""
    channel, user = payload["channel_id"], payload["user_id"]
    place = address_of(team, channel, user)
    title = "" if place.private else str(payload.get("channel_name") or "")
    reply = Reply(channel, trigger=payload["trigger_id"], url=payload.get("response_url") or "")
    act = Slash(readable(payload.get("text") or "", mentions=True))
    return Found(payload["trigger_id"], Sender(team, user), Place(place.address, place.private, title), act, reply)


def interaction(payload: Payload, team: str) -> Found | Fill | None:
    """Something was pressed, chosen or sent off."""
    user: Payload = payload["user"]
    sender = Sender(team, user["id"], user.get("team_id") or "")
    if payload["type"] == "view_submission" and payload["view"]["callback_id"] == FORM:
        return _form(payload, sender)
    if payload["type"] != "block_actions":
        return None
    data = next(filter(None, map(_data, payload["actions"])), None)
    if data is None:
        return None
    token, option = data
    channel: str = part(payload, "channel").get("id") or ""
    container: Payload = part(payload, "container")
    ts = str(container.get("message_ts") or "")
    view: Payload = part(payload, "view")
    modal = str(view.get("id") or "") if view.get("type") == "modal" else ""
    thread = str(part(payload, "message").get("thread_ts") or "")
    reply = Reply(channel, thread, payload["trigger_id"], payload.get("response_url") or "", modal)
    if option == FILL_IN:
        return Fill(sender, token, reply)
    carrier = name(team, channel, ts) if ts and not container.get("is_ephemeral") else ""
    return Found(
        payload["trigger_id"], sender, address_of(team, channel, sender.user), Tap(token, option, carrier), reply
    )


def _data(action: Payload) -> tuple[str, str] | None:
    """What a control carries; None for one that is not ours to answer, such as a link."""
    value = part(action, "selected_option").get("value") or action.get("value")
    return pressed(value) if isinstance(value, str) else None


def _form(payload: Payload, sender: Sender) -> Found:
    view: Payload = payload["view"]
    values: dict[str, Payload] = view["state"]["values"]
    fields = {key: _entered(next(iter(held.values()))) for key, held in values.items()}
    inputs = tuple(str(b.get("block_id")) for b in entries(view, "blocks") if b.get("type") == "input") or tuple(fields)
    reply = Reply(trigger=str(payload.get("trigger_id") or ""), view=view["id"], inputs=inputs)
    place = address_of(sender.team, "", sender.user)
    id = str(payload.get("trigger_id") or f"v/{view['id']}/{view.get('hash', '')}")
    return Found(id, sender, place, Form(view["private_metadata"], fields), reply)


def _entered(held: Payload) -> str:
    """What was put into one input; people and channels by their ids."""
    if held["type"] == "multi_users_select":
        return ",".join(entries(held, "selected_users"))
    option: Payload = part(held, "selected_option")
    given = option.get("value") or held.get("selected_user") or held.get("selected_conversation") or held.get("value")
    return str(given or "")
