"""How far scorers, and people, agree: measurements on the team's own ratings, drills, benches."""
