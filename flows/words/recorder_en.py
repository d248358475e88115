"""What the recorder on the page says when a recording can't be taken: in answers to its requests, shown as they are."""

NOT_FOUND = "That recording isn't here any more. Your page still has it and sends it once more from the beginning."
NOT_YOURS = "There is no such recording of yours here."
NOT_LISTENING = "I'm not taking recordings here just now, so I haven't kept anything of it. Your answer is just as welcome in writing."
NOT_A_RECORDING = "I can't take that kind of file. A sound or a video file is fine, and so is writing."
ONLY_CANDIDATES = "Only candidates are listened to here."
PIECE = "That piece is larger than I take at once. Your page tries again by itself with smaller ones."
QUOTA = "That is more than I can keep for one interview. Nothing before it is lost; please write this answer instead."
MANY = "Several recordings are on their way already. Please send or discard one of them first."
OFTEN = "Those were many recordings in a short time. Please wait a few minutes; everything so far is safe."
FULL = (
    "I can't store any more at the moment, which is our fault and not yours. Your page keeps the recording and tries "
    "again by itself."
)
OFFSET = "I have another part of that recording than your page thinks. It goes on from there by itself."
INCOMPLETE = "A part of that recording is still missing. Your page sends it again by itself."
USED = "That recording has been sent already."
NOT_YET = "You can play it here in a moment, as soon as I have it."
GONE = "That recording has been deleted. Its words, if there were any, are still here."


def too_large(megabytes: int) -> str:
    return (
        f"A recording can be up to {megabytes} MB, and this one is larger. A shorter one, or several, is fine; and so is "
        "writing."
    )
