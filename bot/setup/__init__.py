"""Installing on a platform: what to do there, what to ask for and why, and whether it was done right.

`slack`, `telegram`, `discord` hold what Parley needs of each; `check_slack` and so on ask the platform what it has.
"""
