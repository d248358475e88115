"""The reception for chat platforms: who is it, are they known, and which letter does their event become?

Everything is decided from the verified envelope (`Who`, `Place`) and the database, never from what a message says.
`door` takes every event and every question of an adapter, and passes them on: `arriving` (links and codes), `acts` (what
somebody we know does), `chats` (chats that close, move and open again) and `asking` (forms, suggestions, the home page).
"""
