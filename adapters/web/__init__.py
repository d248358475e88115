"""The web page as a chat platform: HTTP in, server-sent events out, acknowledged message by message."""
