"""Slack: cards as Block Kit, events over Socket Mode or signed HTTP, several workspaces. Start with `app.py`."""
