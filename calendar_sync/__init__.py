"""Times for interviews: the pure slot engine, and the calendars it reads.

The engine never reads a clock, a file or the network: `slots.find` and `kept.Kept.find` answer an `Ask`.
"""
