"""What a browser sends, as plain events. Everything in it is hostile until it passed here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{8,80}$")]
Ref = Annotated[str, StringConstraints(max_length=80)]
# A little more than a message may have, so that a person who wrote too much is told so kindly and keeps the text.
Text = Annotated[str, StringConstraints(max_length=200_000)]


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: EventId = Field(description="made by the client; sent again with the same id until it is accepted")


class SaidIn(_Event):
    """One message. `asked`: the token of the question that was open on the screen."""

    kind: Literal["said"]
    text: Text
    asked: Ref | None = None
    reply_to: Ref = Field(default="", description="channels only: the message that is replied to")


class TappedIn(_Event):
    """A button: the token and the option it was printed with."""

    kind: Literal["tapped"]
    token: Ref
    option: Ref


class SubmittedIn(_Event):
    """A form: field key -> what was entered."""

    kind: Literal["submitted"]
    token: Ref
    fields: dict[Ref, Text] = Field(max_length=60)


class EditedIn(_Event):
    """A new wording of a message of one's own."""

    kind: Literal["edited"]
    target: Ref
    text: Text


class RemovedIn(_Event):
    """A message of one's own, taken back."""

    kind: Literal["removed"]
    target: Ref


class SpokeIn(_Event):
    """A recording whose upload is complete. `upload`: its id; `asked` as for a message."""

    kind: Literal["spoke"]
    upload: Ref
    form: Literal["voice", "video"]
    seconds: float = Field(ge=0, le=86_400)
    asked: Ref | None = None
    prepared: bool = False


EventIn = Annotated[SaidIn | SpokeIn | TappedIn | SubmittedIn | EditedIn | RemovedIn, Field(discriminator="kind")]


class EventsIn(BaseModel):
    """Events in the order in which they happened, and the messages that were shown meanwhile."""

    model_config = ConfigDict(extra="forbid")
    events: list[EventIn] = Field(max_length=50)
    seen: list[Ref] = Field(default_factory=list, max_length=500)


def happening(event: BaseModel, utterance_id: str) -> dict[str, Any]:
    """An event as the JSON of a `flows.events` happening (without its instant).

    utterance_id: the id for what is said in it. What is edited or removed is named by the id it was shown with.
    """
    match event:
        case SaidIn(text=text):
            return {"kind": "said", "id": utterance_id, "text": clean(text)}
        case SpokeIn(form=form, seconds=seconds, prepared=prepared):
            return {"kind": "spoke", "id": utterance_id, "form": form, "seconds": seconds, "prepared": prepared}
        case TappedIn(token=token, option=option):
            return {"kind": "tapped", "token": token, "option": option}
        case SubmittedIn(token=token, fields=fields):
            return {"kind": "submitted", "token": token, "fields": {k: clean(v) for k, v in fields.items()}}
        case EditedIn(target=target, text=text):
            return {"kind": "edited", "id": target, "text": clean(text)}
        case RemovedIn(target=target):
            return {"kind": "removed", "id": target}
        case _:
            raise TypeError(f"not an event: {type(event).__name__}")


def clean(text: str) -> str:
    """What a person wrote, kept as it is but for what no database and no screen can hold: NUL, lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
