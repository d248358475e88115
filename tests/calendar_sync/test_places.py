"""From what people type to time zones: cities, countries, offsets, abbreviations, slips of the finger."""

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.places import fold, guess, load, zones_for
from calendar_sync.zones import zone


@pytest.fixture(scope="module", autouse=True)
def data() -> None:
    load()  # here, so that the first example of a property is not too slow


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("Munich", "Europe/Berlin", "Munich, Germany"),
        ("münchen", "Europe/Berlin", "Munich, Germany"),
        ("MUENCHEN", "Europe/Berlin", "Munich, Germany"),
        ("NYC", "America/New_York", "New York City, New York, US"),
        ("São Paulo", "America/Sao_Paulo", "São Paulo, Brazil"),
        ("sao paulo", "America/Sao_Paulo", "São Paulo, Brazil"),
        ("Łódź", "Europe/Warsaw", "Łódź, Poland"),
        ("lodz", "Europe/Warsaw", "Łódź, Poland"),
        ("東京", "Asia/Tokyo", "Tokyo, Japan"),
        ("Москва", "Europe/Moscow", "Moscow, Russia"),
        ("दिल्ली", "Asia/Kolkata", "Delhi, India"),
        ("Bombay", "Asia/Kolkata", "Mumbai, India"),
        ("Paris", "Europe/Paris", "Paris, France"),
        ("Paris, Texas", "America/Chicago", "Paris, Texas, US"),
        ("Paris TX", "America/Chicago", "Paris, Texas, US"),
        ("Cambridge UK", "Europe/London", "Cambridge, UK"),
        ("Cambridge, MA", "America/New_York", "Cambridge, Massachusetts, US"),
        ("Portland, OR", "America/Los_Angeles", "Portland, Oregon, US"),
        ("Vancouver BC", "America/Vancouver", "Vancouver, Canada"),
        ("Paris, Frnce", "Europe/Paris", "Paris, France"),
        ("Singapore", "Asia/Singapore", "Singapore"),
        ("Germany", "Europe/Berlin", "Germany"),
        ("deutschland", "Europe/Berlin", "Germany"),
        ("India", "Asia/Kolkata", "India"),
        ("the Netherlands", "Europe/Amsterdam", "Netherlands"),
        ("Côte d'Ivoire", "Africa/Abidjan", "Ivory Coast"),
        ("Northern Ireland", "Europe/London", "UK"),
        ("Argentina", "America/Argentina/Buenos_Aires", "Argentina"),  # twelve zones, one time
        ("Kathmandu", "Asia/Kathmandu", "Kathmandu, Nepal"),
        ("Kiritimati", "Pacific/Kiritimati", "Kiritimati, Kiribati"),
        ("Lord Howe", "Australia/Lord_Howe", "Lord Howe, Australia"),
        ("Europe/Paris", "Europe/Paris", "Paris"),
        ("america/new york", "America/New_York", "New York"),
        ("I live in Berlin.", "Europe/Berlin", "Berlin, Germany"),
        ("I'm in Lisbon, Portugal", "Europe/Lisbon", "Lisbon, Portugal"),
        ("Munich time", "Europe/Berlin", "Munich, Germany"),
        ("san fran", "America/Los_Angeles", "San Francisco, California, US"),
    ],
)
def test_the_first_is_what_is_meant(text: str, name: str, label: str):
    assert zones_for(text)[0] == (name, label)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Muinch", "Munich, Germany"),
        ("Barcellona", "Barcelona, Spain"),
        ("Johanesburg", "Johannesburg, South Africa"),
        ("Phillipines", "Philippines"),
        ("Edinburg", "Edinburgh, UK"),
        ("Istambul", "Istanbul, Turkey"),
        ("Argentinia", "Argentina"),
    ],
)
def test_slips_of_the_finger(text: str, label: str):
    assert zones_for(text)[0][1] == label


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("UTC+2", "Etc/GMT-2", "UTC+2"),
        ("gmt-3", "Etc/GMT+3", "UTC-3"),
        ("GMT −3", "Etc/GMT+3", "UTC-3"),
        ("+02:00", "Etc/GMT-2", "UTC+2"),
        ("UTC+14", "Etc/GMT-14", "UTC+14"),
        ("UTC+0", "UTC", "UTC"),
        ("UTC", "UTC", "UTC"),
        ("Z", "UTC", "UTC"),
        ("UTC+5:30", "Asia/Kolkata", "Kolkata (UTC+5:30)"),
        ("+0545", "Asia/Kathmandu", "Kathmandu (UTC+5:45)"),
    ],
)
def test_offsets_have_the_right_sign(text: str, name: str, label: str):
    assert zones_for(text) == [(name, label)]
    if "GMT" in name:
        assert zone(name).offset(0) == int(label.removeprefix("UTC")) * 60


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("IST", ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
        ("CST", ["America/Chicago", "Asia/Shanghai", "America/Havana", "America/Mexico_City"]),
        ("bst", ["Europe/London", "Asia/Dhaka"]),
        ("EST", ["America/New_York"]),
        ("Eastern Time", ["America/New_York"]),
        ("Pacific Standard Time", ["America/Los_Angeles"]),
        ("US Central", ["America/Chicago"]),
        ("PST/PDT", ["America/Los_Angeles", "Asia/Manila"]),
        ("GMT", ["UTC", "Europe/London"]),
    ],
)
def test_abbreviations_that_mean_several_things_offer_them(text: str, zones: list[str]):
    assert [name for name, _ in zones_for(text)] == zones


def test_abbreviations_say_which_country():
    assert zones_for("IST")[1] == ("Europe/Dublin", "Dublin, Ireland")
    assert [label for _, label in zones_for("PST")] == ["Los Angeles, US", "Manila, Philippines"]


def test_a_country_with_several_zones_offers_the_largest_city_of_each():
    america = [name for name, _ in zones_for("USA")]
    assert america[:3] == ["America/New_York", "America/Chicago", "America/Los_Angeles"]
    assert len(america) == 6
    spain = zones_for("Spain")
    assert [name for name, _ in spain] == ["Europe/Madrid", "Atlantic/Canary"]
    assert spain[0][1] == "Madrid, Spain"


def test_one_name_of_several_places_offers_all():
    assert [label for _, label in zones_for("Georgia")][:1] == ["Tbilisi, Georgia"]
    assert "Georgia, US" in [label for _, label in zones_for("Georgia")]
    assert {name for name, _ in zones_for("Perth")} == {"Australia/Perth", "Europe/London"}
    assert [label for _, label in zones_for("London, Ontario")] == ["London, UK", "London, Canada"]
    assert zones_for("Chatham")[-1] == ("Pacific/Chatham", "Chatham, New Zealand")  # after larger ones


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?!",
        "asdfgh",
        "hello there",
        "no",
        "yes",
        "UTC+15",
        "UTC+2:17",
        "UTC-13",
        "🙂",
        "12",
        "my home",
        "\x00",
    ],
)
def test_what_is_no_place_finds_nothing(text: str):
    assert zones_for(text) == []


@given(st.one_of(st.text(), st.text("abcdefgimnorstu ,/+-0123", max_size=12)))
def test_any_text_has_an_answer_in_shape(text: str):
    found = zones_for(text)
    assert len(found) <= 6
    assert len({name for name, _ in found}) == len(found)
    for name, label in found:
        assert name in available_timezones()
        assert label
        assert label == label.strip(" ,")


@given(st.text())
def test_folding_twice_changes_nothing(text: str):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("de",), "Europe/Berlin"),
        (("pt-BR",), "America/Sao_Paulo"),
        (("pt_PT",), "Europe/Lisbon"),
        (("en-GB",), "Europe/London"),
        (("zh-Hans-CN",), "Asia/Shanghai"),
        (("en",), ""),  # everywhere
        (("zz", "zz"), ""),
        (("",), ""),
        (("en", "IN"), "Asia/Kolkata"),
        (("en", "US"), ""),  # several, and none with almost all people
        (("es", "ES"), "Europe/Madrid"),  # the Canaries have few
        (("en", "UM"), ""),  # two zones, and nobody lives there
        (("en", "NR"), "Pacific/Nauru"),
        (("en", "US", "", -300), "America/New_York"),
        (("en", "US", "", -420), "America/Los_Angeles"),
        (("fr", "FR", "", 120), "Europe/Paris"),
        (("fr", "FR", "", -180), ""),  # a French speaker elsewhere
        (("de", "", "Asia/Tokyo"), "Asia/Tokyo"),
        (("de", "", "asia/tokyo"), "Asia/Tokyo"),
        (("de", "", "Mars/Olympus"), "Europe/Berlin"),
        (("", "", "UTC"), "UTC"),
    ],
)
def test_guessing(arguments: tuple[str, ...], expected: str):
    assert guess(*arguments) == expected


@given(st.text(max_size=8), st.text(max_size=3), st.text(max_size=20), st.none() | st.integers(-900, 900))
def test_a_guess_is_a_zone_or_nothing(language: str, country: str, browser: str, offset: int | None):
    assert guess(language, country, browser, offset) in available_timezones() | {""}
