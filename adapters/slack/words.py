"""What Slack's own widgets say, in English. The sentences of conversations are in `flows/words`."""

SEND = "Send"
CANCEL = "Cancel"
CLOSE = "Close"
NAME = "Parley"
CHOOSE = "Choose one"
CHOOSE_PEOPLE = "Choose people"
CHOOSE_PERSON = "Choose a person"
CHOOSE_CHANNEL = "Choose a channel"
MORE = "More"
EMPTY = "\u2026"
LOADING = "One moment, I'm getting this ready."
SAVING = "One moment, I'm keeping what you entered."
WORKING = "is working on it"
SAVED = "Thank you, I have it."
UNAVAILABLE = (
    "I can't store anything at the moment, so nothing was taken. "
    "What you entered is still yours: please try again in a minute."
)
TROUBLE = "Something went wrong on my side, and nothing was taken. Please try again in a minute."
FORM_CLOSED = "This form isn't open any more, so there is nothing to fill in. The chat shows where we are."
TOO_LATE = "Slack gave me no time to open the form. Please press the button once more."
TOO_LATE_COMMAND = "Slack gave me no time to open the form. Please send the command once more."
CHECK_FORM = "Please look at this once more: "
FILE_UNREAD = "I can't open a file like that in this chat. Could you write it instead?"

FILES_IN_CHAT = "I've put what belongs to this into our own chat, since it can't be shown here."

IN_CONTEXT = "read in context"

FILE_TOO_LARGE = "That file is larger than I can take. Could you send a smaller one?"
FILE_GONE = "I couldn't get that file from Slack. Could you send it once more?"
FILE_LATER = "I couldn't get that file from Slack just now. Could you send it once more in a minute?"
FILE_LOGIN = (
    "Slack gave me a sign-in page instead of the file: I may not read files in this workspace yet. "
    "Please ask whoever installed me to allow it (files:read)."
)

INSTALLED = "Parley is installed. You can close this page and go back to Slack."
INSTALL_REFUSED = "Nothing was installed. You can start again whenever you like, from the same link."
INSTALL_OLD = (
    "This page is no longer valid: it works once, for ten minutes, in the browser it was opened in. Please start again."
)
INSTALL_ORG = (
    "Parley can be installed into one workspace at a time, not into a whole organisation. Please choose a workspace."
)
INSTALL_LATER = "I can't store anything at the moment, so nothing was installed. Please try again in a minute."
INSTALL_SLACK = "Slack didn't confirm the installation, so nothing was kept. Please start again."
