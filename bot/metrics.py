"""What is counted, for Prometheus. Labels are names of platforms, kinds and states; never a person or an id."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# A registry of our own: the library's default one belongs to whoever imports it first.
REGISTRY = CollectorRegistry()

# The library adds `_total` to the names of counters.
TURNS = Counter("parley_turns", "Turns that were committed", registry=REGISTRY)
TURN_SECONDS = Histogram(
    "parley_turn_seconds",
    "Seconds from taking a happening in to its commit",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
    registry=REGISTRY,
)
MESSAGES = Counter(
    "parley_messages", "Messages going out, by platform and new state", ["platform", "state"], registry=REGISTRY
)
TIMERS_FIRED = Counter("parley_timers_fired", "Timers that came due and were handled", registry=REGISTRY)
REQUESTS = Counter(
    "parley_requests", "Work asked of the world, by kind and new state", ["kind", "state"], registry=REGISTRY
)
READINGS = Gauge(
    "parley_readings_waiting",
    "Interviews and answers that wait to be read, by kind of work",
    ["kind"],
    registry=REGISTRY,
)
MODEL_CALLS = Counter("parley_model_calls", "Calls of the language model, by result", ["result"], registry=REGISTRY)
MODEL_TOKENS = Counter("parley_model_tokens", "Tokens that the language model used", registry=REGISTRY)
OPEN_CONVERSATIONS = Gauge("parley_open_conversations", "Conversations that have not ended", registry=REGISTRY)


def render() -> bytes:
    """All numbers as Prometheus reads them (`CONTENT_TYPE`)."""
    return generate_latest(REGISTRY)
