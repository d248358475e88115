"""Help for people who interview: a brief before, a guide during, a scorecard draft after."""
