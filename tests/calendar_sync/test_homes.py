"""The home zone of every place where an interview knows the law: the one that the cities of the world give, too."""

import pytest

from calendar_sync.homes import home_zone
from calendar_sync.places import zones_for
from flows.interviews import place

AMBIGUOUS = {"US-GA": "Atlanta"}  # "Georgia" is a country, too


@pytest.mark.parametrize("code", sorted(place.CODES))
def test_it_is_the_zone_where_most_people_live(code: str):
    name = AMBIGUOUS.get(code) or place.title(code).removeprefix("the ")
    assert zones_for(name)[0][0] == home_zone(code)


def test_what_is_not_known_has_none():
    assert home_zone(place.UNKNOWN) == home_zone("") == ""
