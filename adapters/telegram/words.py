"""What the adapter itself says on Telegram; everything else is said by cards."""

MORE = "More\u2026"
LESS = "Less"
READ_IN_CONTEXT = "Read in context"
OR_TYPE = "Choose by number below, or type the number."
IN_CASE = "In case you didn\u2019t see this:"
UNREADABLE = (
    "I can\u2019t make use of pictures, stickers and files like that one. I can read text and, where an interview takes "
    "spoken answers, listen to voice and video messages. Could you write it instead, or say it? Nothing you sent before "
    "is lost."
)
ONE_MOMENT = "I can\u2019t save anything at the moment. Your tap is kept, and I\u2019ll take it as soon as I can."
OTHER_VERSION = "That list is no longer complete. Please write \u201crepeat\u201d to see the question again."
TOO_LARGE = "That file is larger than {limit} MB, which is more than I can fetch. Could you send a smaller one?"
FILE_GONE = "Telegram no longer has that file. Could you send it once more?"
FILE_LATER = "I can\u2019t fetch that file from Telegram at the moment. Could you send it again in a minute?"

COMMANDS = (
    ("help", "What I can do for you"),
    ("status", "Where we are"),
    ("pause", "Take a break"),
    ("human", "Talk to a person"),
    ("mydata", "What is stored about you"),
    ("accommodate", "Ask for an adjustment"),
    ("stop", "Stop the interview"),
)
