"""What is done with a letter that is not for a conversation: show a card, compute a post, pass words on.

`DEEDS` is the visible table: kind of letter -> function, run inside the letter's transaction.
"""

from collections.abc import Callable

from bot import deadlines, facts, hiring, people, posts
from bot.calibration import drill
from bot.funnel import beside, promising
from bot.funnel.tap import decide as decision_asked
from bot.inbox import Deed, keep_words
from bot.mail import Mail
from bot.posts_scheduling import appointment_post
from bot.recordings import practising, telling
from bot.scene import Reply, Scene
from bot.scheduling import readers
from bot.scorecards import clips, debrief, following, picturing, proposing, reminding, rescoring, taps
from bot.store.rows import Interview, Outbox, Post, Requisition, TeamQuestion, Thread
from bot.store.store import Row
from flows.cards import Card
from flows.cards import from_json as card_from
from flows.cards import to_json as card_json
from flows.words import panel_en as words
from flows.words import reception_en as words_here

OVER = ("decided", "withdrawn", "expired")
SPEAKERS = ("recruiter", "admin", "panelist")


def tell(scene: Scene, mail: Mail) -> None:
    """Show a card that somebody else's fact made."""
    token = mail.data.get("token", "")
    scene.show(card_from(mail.data["card"]), subject_id=mail.data.get("subject_id", ""), token=token)


def render(scene: Scene, mail: Mail) -> None:
    """Compute a post from what is stored now: send it the first time, edit it afterwards."""
    kind, about = mail.data["post"]["kind"], mail.data["post"]["about"]
    post = scene.tx.one(Post, tenant_id=scene.tenant_id, kind=kind, about=about)
    seen = scene.tx, scene.keys, scene.tenant_id
    card = appointment_post(*seen, about) if kind == "appointment" else posts.view(*seen, kind, about)
    if post is None or card is None or post["thread_id"] != scene.thread["id"]:
        return  # a post is shown in its own channel and nowhere else, whoever asks
    interview = hiring.get_interview(scene.tx, scene.tenant_id, post["interview_id"])
    subject = interview["candidate_id"]
    if post["message_id"]:
        scene.edit(post["message_id"], card, token=post["id"], subject_id=subject, interview_id=interview["id"])
        if kind == "scorecard":
            clips.follow(scene, interview)
        return
    message = scene.show(
        card,
        subject_id=subject,
        interview_id=interview["id"],
        step=f"post.{kind}",
        token=post["id"],
        under=following.above(scene.tx, post),
    )
    scene.tx.change(Post, {"tenant_id": scene.tenant_id, "id": post["id"]}, {"message_id": message})
    if kind == "scorecard":
        following.transcript_thread(scene, interview, message)
    if kind == "question":
        scene.tx.change(TeamQuestion, {"tenant_id": scene.tenant_id, "id": about}, {"message_id": message})


def said_in_channel(scene: Scene, mail: Mail) -> None:
    """A teammate wrote in the channel. A reply under a candidate's question is passed on to the candidate."""
    event = mail.data["event"]
    target = _root(scene, event.get("reply_to", ""))
    asked = scene.tx.one(TeamQuestion, tenant_id=scene.tenant_id, message_id=target) if target else None
    post = scene.tx.one(Post, tenant_id=scene.tenant_id, message_id=target) if target else None
    about = asked or post
    if post is not None and post["kind"] in TALKS:
        _said_in_thread(scene, mail, post)
        return
    if about is not None and not _speaks_for_the_team(scene, mail.person_id, about["interview_id"]):
        scene.after.reply = Reply(words_here.ONLY_TEAM)
        return
    keep_words(scene, event["id"], 0, event["text"], mail, None, reply_to=target)
    if asked is None:
        _reply_to_a_wish(scene, mail, post)
        return
    interview = hiring.get_interview(scene.tx, scene.tenant_id, asked["interview_id"])
    who = people.name_of(scene.tx, scene.keys, scene.tenant_id, mail.person_id)
    answer = {"text": event["text"], "who": who}
    scene.send(
        asked["thread_id"],
        "happening",
        interview["candidate_id"],
        event={"kind": "learned", "name": "team_replied", "data": answer},
        conversation=asked["conversation_id"],
        otherwise=card_json(Card(event["text"], title=words.writes(who), tone="notice")),
    )
    scene.keys.load(scene.tx, scene.tenant_id, scene.tenant_id)
    say = scene.keys.seal(scene.tenant_id, scene.tenant_id, answer)
    values: Row = {"answered_by": mail.person_id, "answered_at": scene.at, "sealed_say": say}
    scene.tx.change(TeamQuestion, {"tenant_id": scene.tenant_id, "id": asked["id"]}, values)
    hiring.render_post(scene, "question", asked["id"], interview, scene.thread["id"])


def _root(scene: Scene, message: str) -> str:
    """What was replied to: in a thread, the message that it hangs from."""
    shown = scene.tx.one(Outbox, tenant_id=scene.tenant_id, id=message) if message else None
    return shown["under"] if shown is not None and shown["under"] else message


def _said_in_thread(scene: Scene, mail: Mail, post: Row) -> None:
    """A teammate wrote in the thread of a post that people talk below. Their words are sealed with the interview's."""
    event, interview = mail.data["event"], hiring.get_interview(scene.tx, scene.tenant_id, post["interview_id"])
    looks = people.may(scene.tx, scene.tenant_id, interview["requisition_id"], mail.person_id, "observer")
    if not looks and not proposing.may(scene.tx, interview, mail.person_id):
        scene.after.reply = Reply(words_here.ONLY_TEAM)
        return
    about: Row = {"id": "", "interview_id": interview["id"], "subject_id": interview["candidate_id"]}
    keep_words(scene, event["id"], 0, event["text"], mail, about, reply_to=post["message_id"])
    _answer(scene, mail, interview, TALKS[post["kind"]](scene, post, mail.person_id, event["text"]))


def _speaks_for_the_team(scene: Scene, person_id: str, interview_id: str) -> bool:
    """Whose words may reach a candidate: those who recruit or rate for their requisition."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, interview_id)
    return people.may(scene.tx, scene.tenant_id, interview["requisition_id"], person_id, *SPEAKERS)


def _reply_to_a_wish(scene: Scene, mail: Mail, post: Row | None) -> None:
    """A reply under "would like to talk to a person" goes to that person, wherever their interview stands."""
    if post is None or post["kind"] != "notice":
        return
    interview = hiring.get_interview(scene.tx, scene.tenant_id, post["interview_id"])
    who = people.name_of(scene.tx, scene.keys, scene.tenant_id, mail.person_id)
    chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
    text = mail.data["event"]["text"]
    scene.send(
        chat,
        "happening",
        interview["candidate_id"],
        event={"kind": "learned", "name": "team_replied", "data": {"text": text, "who": who}},
        otherwise=card_json(Card(text, title=words.writes(who), tone="notice")),
    )
    scene.show(words.passed_to(people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])))


def tapped_in_channel(scene: Scene, mail: Mail) -> None:
    """A button of a post. What comes of it is for whoever pressed it, in their own chat or in place."""
    event = mail.data["event"]
    shown = scene.tx.one(Post, tenant_id=scene.tenant_id, id=event["token"])
    tap = TAPS.get(shown["kind"]) if shown is not None and shown["thread_id"] == scene.thread["id"] else None
    if shown is None or tap is None:
        scene.after.reply = Reply(words_here.GONE)
        return
    interview = hiring.get_interview(scene.tx, scene.tenant_id, shown["interview_id"])
    _answer(scene, mail, interview, tap(scene, mail, shown, event["option"]))


def _answer(scene: Scene, mail: Mail, interview: Row, answer: Reply | None) -> None:
    """Show what came of something that was done in a channel to whoever did it."""
    if answer is None:
        return
    if mail.source == people.WEB:
        chat, subject = people.thread_of(scene.tx, scene.tenant_id, mail.person_id), interview["candidate_id"]
        scene.send(
            chat, "tell", subject, card=card_json(answer.card or Card("")), subject_id=subject, token=answer.token
        )
    else:  # shown in place, and to nobody else
        scene.after.reply = answer


# A button of the scorecard's post -> what it does: (scene of the channel, who pressed it, interview) -> the answer for them.
# The post is the same for everybody: each of these checks the role again.
SCORECARD_TAPS: dict[str, Callable[[Scene, str, Row], Reply | None]] = {
    **taps.TAPS,
    "decide": decision_asked,
    "compare": beside.with_its_equals,
}


def _tapped_scorecard(scene: Scene, mail: Mail, shown: Row, option: str) -> Reply | None:
    tap = SCORECARD_TAPS.get(option)
    if tap is None:
        return Reply(words_here.GONE)
    return tap(scene, mail.person_id, hiring.get_interview(scene.tx, scene.tenant_id, shown["interview_id"]))


# Kind of a post -> what its buttons do: (scene of the channel, letter, post, option) -> the answer for whoever pressed it.
TAPS: dict[str, Callable[[Scene, Mail, Row, str], Reply | None]] = {
    "scorecard": _tapped_scorecard,
    following.LIVE: lambda scene, mail, shown, option: proposing.pressed(scene, shown, mail.person_id, option),
    "drill": drill.tapped,
    debrief.KIND: lambda scene, mail, shown, option: debrief.pressed(scene, shown, mail.person_id, option),
}

# Kind of a post -> what words in its thread do: (scene of the channel, post, who wrote them, the words) -> as above.
TALKS: dict[str, Callable[[Scene, Row, str, str], Reply | None]] = {
    "scorecard": lambda scene, post, person, text: None,  # people talk, and nothing follows from it
    following.LIVE: proposing.said,
    debrief.KIND: debrief.said,
}


def timer(zone: str, quiet: tuple[str, str]) -> Deed:
    """An interview's own timer is due. zone: the team's, for whoever hasn't said theirs; quiet: hours without reminders."""

    def zone_of(scene: Scene, person: str) -> str:
        return readers.of_member(scene.tx, scene.keys, scene.tenant_id, person, zone)

    office = reminding.Office(zone_of, quiet)

    def deed(scene: Scene, mail: Mail) -> None:
        interview, about = scene.tx.one(Interview, tenant_id=scene.tenant_id, id=mail.data["owner"]), mail.data["about"]
        if interview is not None and reminding.is_ours(about):
            reminding.on_timer(scene, interview, about, office)
        elif interview is not None and about in promising.TIMERS:
            promising.TIMERS[about](scene, interview)
        elif interview is not None:
            facts.on_timer(scene, interview, about)

    return deed


def assessed(scene: Scene, mail: Mail) -> None:
    """The machine's card is ready: keep it sealed with the others."""
    rescoring.keep(scene, mail.data)


def reopened(scene: Scene, mail: Mail) -> None:
    """A used invitation was brought again by somebody else: a browser that isn't signed in, or another account."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, mail.data["interview"])
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    platform = words_here.PLATFORMS.get(mail.data.get("platform", ""), "")
    facts.tell_recruiters(
        scene, interview, words_here.brought_again(name, platform) if platform else words.reopened(name)
    )


def arrived(scene: Scene, mail: Mail) -> None:
    """Somebody is here now, by a link or a code: their chat follows them (`Mail.address`), and they are greeted."""
    if "card" in mail.data:
        scene.show(card_from(mail.data["card"]))


def unreachable(base_url: str, company: str, days: int) -> Deed:
    """What is done when nothing reaches a chat any more: its recruiters get a task, with a message that is ready to be
    sent in another way."""

    def deed(scene: Scene, mail: Mail) -> None:
        if scene.thread["blocked"]:
            return  # they have heard of it
        scene.after.chat = {"blocked": mail.data["problem"] or "blocked"}
        why, platform = words_here.reason(mail.data["problem"]), words_here.PLATFORMS[scene.thread["platform"]]
        if scene.thread["kind"] == "channel":
            _channel_lost(scene, words_here.channel_lost(scene.thread["title"], platform, why))
            return
        person = scene.thread["person_id"]
        if not people.is_candidate(scene.tx, scene.tenant_id, person):
            return  # a colleague: their reminders wait, and the others see in the card that they are due
        name = people.name_of(scene.tx, scene.keys, scene.tenant_id, person)
        for interview in scene.tx.find(
            Interview, {"tenant_id": scene.tenant_id, "candidate_id": person}, "-created_at"
        ):
            if interview["status"] in OVER:
                continue
            role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
            secret = people.issue_link(
                scene.tx, scene.ids, scene.tenant_id, "handover", person, interview["id"], scene.at, days
            )
            scene.fact("unreachable", interview["id"], person_id=person, platform=scene.thread["platform"])
            url = f"{base_url}/i/{secret}"
            facts.tell_recruiters(scene, interview, words_here.unreachable(name, platform, why, role, company, url))
            return

    return deed


def _channel_lost(scene: Scene, card: Card) -> None:
    theirs = scene.tx.find(
        Requisition, {"tenant_id": scene.tenant_id, "channel_id": scene.thread["id"]}, "created_at,id"
    )
    told = [p for r in ("*", *(q["id"] for q in theirs)) for p in _recruiters(scene, r)]
    for person in dict.fromkeys(told):
        chat = people.thread_of(scene.tx, scene.tenant_id, person)
        scene.send(chat, "tell", scene.tenant_id, card=card_json(card), subject_id=scene.tenant_id)


def _recruiters(scene: Scene, requisition_id: str) -> list[str]:
    return people.with_role(scene.tx, scene.tenant_id, requisition_id, "recruiter", "admin")


def chat_changed(scene: Scene, mail: Mail) -> None:
    """A chat can be written to again, or has another address (`to`) from now on."""
    chat, to = scene.thread, mail.data.get("to", "")
    if to and to != chat["address"]:
        _make_room(scene, to)
        scene.after.chat = {"address": to, "blocked": ""}
    elif chat["blocked"]:
        scene.after.chat = {"blocked": ""}


def _make_room(scene: Scene, address: str) -> None:
    """Somebody has been active at a channel's new address before we heard of the move, and so it has a row there: the
    older one, with all that was posted, takes its place."""
    tenant, chat = scene.tenant_id, scene.thread
    for other in scene.tx.find(Thread, {"tenant_id": tenant, "platform": chat["platform"], "address": address}):
        scene.tx.change(Requisition, {"tenant_id": tenant, "channel_id": other["id"]}, {"channel_id": chat["id"]})
        gone = {"address": other["id"], "blocked": "moved", "version": other["version"] + 1}
        scene.tx.change(Thread, {"tenant_id": tenant, "id": other["id"]}, gone)


DEEDS: dict[str, Deed] = {
    "chat": chat_changed,
    "reopened": reopened,
    "arrived": arrived,
    "tell": tell,
    "render": render,
    "said": said_in_channel,
    "tapped": tapped_in_channel,
    "more": deadlines.more,
    "assessed": assessed,
    "pictured": picturing.pictured,
    "requisition_due": drill.due,
    practising.LETTER: practising.due,
    telling.LETTER: telling.listening,
}
