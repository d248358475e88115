"""What a drill tells one person, and a team without names."""

from flows.rating.drills import Standing, Team, median, standing, team


def test_nobody_hears_anything_before_three_have_rated():
    assert standing({"d": {"ann": 3, "ben": 5}}, "ann", "d") == Standing(None, None, None, 0)
    assert standing({"d": {"ann": 3, "ben": 5, "cleo": None}}, "ann", "d").others is None, "no basis is no rating"
    assert team({"d": {"ann": 3, "ben": 5}}) == Team(0, 0, None, None)


def test_own_level_against_the_others():
    ratings = {
        "first": {"ann": 5, "ben": 3, "cleo": 4, "dan": 3},
        "second": {"ann": 4, "ben": 3, "cleo": 3},
        "third": {"ben": 1, "cleo": 1, "dan": 1},
    }
    found = standing(ratings, "ann", "second")
    assert found == Standing(3, 0.5, 1.5, 2)
    assert standing(ratings, "dan", "third") == Standing(1, 1.0, -0.5, 2)


def test_a_team_is_pairs_of_ratings():
    found = team({"one": {"a": 1, "b": 2, "c": 4}, "two": {"a": 5, "b": 5}})
    assert (found.drills, found.ratings, found.near) == (1, 3, 1 / 3)
    assert found.kappa is not None
    assert found.kappa < 0.5


def test_the_middle():
    assert median([3]) == 3
    assert median([5, 1]) == 3
    assert median([1, 2, 5]) == 2
