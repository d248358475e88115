"""The numbers that Prometheus reads."""

from prometheus_client.parser import text_string_to_metric_families

from bot import metrics


def test_every_number_has_its_name_its_help_and_no_person():
    metrics.TURNS.inc()
    metrics.TURN_SECONDS.observe(0.003)
    metrics.MESSAGES.labels(platform="web", state="sent").inc()
    metrics.TIMERS_FIRED.inc()
    metrics.REQUESTS.labels(kind="assess", state="done").inc()
    metrics.OPEN_CONVERSATIONS.set(3)
    families = {f.name: f for f in text_string_to_metric_families(metrics.render().decode())}
    assert {f"parley_{n}" for n in ("turns", "turn_seconds", "messages", "timers_fired", "requests")} <= set(families)
    assert all(f.documentation for f in families.values())
    labels = {key for f in families.values() for sample in f.samples for key in sample.labels}
    assert {"platform", "state", "kind", "le"} <= labels <= {"platform", "state", "kind", "result", "le"}
    assert [s.value for s in families["parley_open_conversations"].samples] == [3]
    assert metrics.render().count(b"\nparley_turns_total ") == 1
