"""How far a scorer can be trusted: benchmarks, attacks, the team's own double ratings, weekly drills, rehearsals."""
