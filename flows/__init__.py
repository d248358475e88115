"""What the product means: conversations, cards, kits and scoring. Pure; no I/O, no clock, no SDK."""
