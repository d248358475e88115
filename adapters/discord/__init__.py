"""Discord: direct messages, guild channels, slash commands and modals, by the gateway and REST."""

import warnings

# discord.py imports audioop for voice, which Parley doesn't use. Its warning would end a run that takes warnings as errors.
warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
