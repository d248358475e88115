"""Sentence embeddings in numpy beside a plain computation of the same small random model, number by number."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.doctor_embeddings import FILES, embeddings, missing
from bot.settings import Settings
from bot.work.embeddings import MOST_TOKENS, Embeddings
from bot.work.reading import Reading, read_by_matching
from flows.rating.card import Answered
from tests.flows.rating.small_kit import GOOD, KIT

tokenizers = pytest.importorskip("tokenizers")
safetensors = pytest.importorskip("safetensors.numpy")

SIZE, HEADS, LAYERS, WIDE, PLACES = 8, 2, 2, 16, 300
WORDS = ["[UNK]", "[CLS]", "[SEP]", "i", "fixed", "the", "server", "at", "night", "garlic", "and", "called", "vendor"]
LINEAR = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
Matrix = list[list[float]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as such a model comes in, with weights of chance (seeded)."""
    place = tmp_path_factory.mktemp("model")
    config = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "hidden_size": SIZE, "layer_norm_eps": 1e-12}
    (place / "config.json").write_text(json.dumps(config))
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.enable_padding(length=64)  # as the published model has it: padding must not be counted
    tokenizer.enable_truncation(max_length=32)
    tokenizer.save(str(place / "tokenizer.json"))
    safetensors.save_file(weights(), place / "model.safetensors")
    return place


def weights() -> dict[str, Any]:
    chance = np.random.default_rng(7)

    def matrix(*shape: int) -> Any:
        return chance.normal(0, 0.5, shape).astype(np.float32)

    found: dict[str, Any] = {
        "embeddings.word_embeddings.weight": matrix(len(WORDS), SIZE),
        "embeddings.position_embeddings.weight": matrix(PLACES, SIZE),
        "embeddings.token_type_embeddings.weight": matrix(2, SIZE),
        "embeddings.position_ids": np.arange(PLACES, dtype=np.int64),
    }
    shapes = {f"encoder.layer.{n}.{name}": (SIZE, SIZE) for n in range(LAYERS) for name in LINEAR}
    shapes |= {f"encoder.layer.{n}.intermediate.dense": (WIDE, SIZE) for n in range(LAYERS)}
    shapes |= {f"encoder.layer.{n}.output.dense": (SIZE, WIDE) for n in range(LAYERS)}
    for name, shape in shapes.items():
        found |= {f"{name}.weight": matrix(*shape), f"{name}.bias": matrix(shape[0])}
    norms = [f"encoder.layer.{n}.{part}.LayerNorm" for n in range(LAYERS) for part in ("attention.output", "output")]
    for name in ("embeddings.LayerNorm", *norms):
        found |= {f"{name}.weight": 1 + matrix(SIZE), f"{name}.bias": matrix(SIZE)}
    return found


# -- the same, written out in plain Python -----------------------------------------------------------------------------


def plainly(text: str) -> list[float]:
    w = {name: value.tolist() for name, value in weights().items()}
    ids = [1, *(WORDS.index(t) if t in WORDS else 0 for t in text.lower().split()), 2][:MOST_TOKENS]
    kind = w["embeddings.token_type_embeddings.weight"][0]
    states = [
        [a + b + c for a, b, c in zip(w["embeddings.word_embeddings.weight"][i], w["embeddings.position_embeddings.weight"][n], kind, strict=True)]
        for n, i in enumerate(ids)
    ]  # fmt: skip
    states = norm(states, w, "embeddings.LayerNorm")
    for n in range(LAYERS):
        name = f"encoder.layer.{n}"
        q, k, v = (dense(states, w, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
        told = dense(attend(q, k, v), w, f"{name}.attention.output.dense")
        states = norm(added(states, told), w, f"{name}.attention.output.LayerNorm")
        wide = [
            [0.5 * x * (1 + math.erf(x / math.sqrt(2))) for x in row]
            for row in dense(states, w, f"{name}.intermediate.dense")
        ]
        states = norm(added(states, dense(wide, w, f"{name}.output.dense")), w, f"{name}.output.LayerNorm")
    mean = [sum(column) / len(states) for column in zip(*states, strict=True)]
    length = math.sqrt(sum(x * x for x in mean))
    return [x / length for x in mean]


def dense(rows: Matrix, w: dict[str, Any], name: str) -> Matrix:
    return [
        [sum(a * b for a, b in zip(row, line, strict=True)) + bias for line, bias in zip(w[f"{name}.weight"], w[f"{name}.bias"], strict=True)]
        for row in rows
    ]  # fmt: skip


def added(one: Matrix, other: Matrix) -> Matrix:
    return [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(one, other, strict=True)]


def norm(rows: Matrix, w: dict[str, Any], name: str) -> Matrix:
    found: Matrix = []
    for row in rows:
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((x - mean) ** 2 for x in row) / len(row) + 1e-12)
        scaled = zip(row, w[f"{name}.weight"], w[f"{name}.bias"], strict=True)
        found.append([(x - mean) / spread * a + b for x, a, b in scaled])
    return found


def attend(q: Matrix, k: Matrix, v: Matrix) -> Matrix:
    each, out = SIZE // HEADS, [[0.0] * SIZE for _ in q]
    for head in range(HEADS):
        cut = slice(head * each, (head + 1) * each)
        for n, query in enumerate(q):
            scores = [sum(a * b for a, b in zip(query[cut], key[cut], strict=True)) / math.sqrt(each) for key in k]
            shares = [math.exp(s - max(scores)) for s in scores]
            total = sum(shares)
            for d in range(each):
                out[n][head * each + d] = sum(s / total * value[cut][d] for s, value in zip(shares, v, strict=True))
    return out


@pytest.mark.parametrize(
    "text", ["I fixed the server", "garlic", "", "the the the vendor called and I fixed the server at night", "what is this"]
)  # fmt: skip
def test_the_numbers_are_those_of_the_plain_computation(folder: Path, text: str):
    (vector,) = Embeddings(folder).embed([text])
    assert np.abs(vector - np.array(plainly(text))).max() < 2e-6
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_a_very_long_sentence_is_read_up_to_a_limit(folder: Path):
    long = "garlic " * 400
    (vector,) = Embeddings(folder).embed([long])
    assert np.abs(vector - np.array(plainly(long))).max() < 2e-6


def test_cosines_are_in_the_order_of_the_texts(folder: Path):
    cosines = Embeddings(folder).near(["I fixed the server", "garlic"], ["garlic", "I fixed the server", "night"])
    assert [len(row) for row in cosines] == [3, 3]
    assert cosines[0][1] == pytest.approx(1, abs=1e-6)
    assert cosines[1][0] == pytest.approx(1, abs=1e-6)
    assert all(-1.001 <= c <= 1.001 for row in cosines for c in row)


def test_the_evidence_map_uses_them(folder: Path):
    """Chance weights find things where words find nothing; the quote is still the candidate's own sentence."""
    answer = [Answered("outage", (("u1", "Garlic and garlic. The vendor called at night."),))]
    near = Embeddings(folder).near
    plain = read_by_matching(KIT, answer).result("ownership")
    seen = read_by_matching(KIT, answer, near=near).result("ownership")
    assert max(m.similarity for m in seen.marks) > max(m.similarity for m in plain.marks)
    assert all(m.quote in ("", "Garlic and garlic.", "The vendor called at night.") for m in seen.marks)
    assert (
        read_by_matching(KIT, [Answered("outage", (("u1", GOOD),))], near=near).result("ownership").marks[0].status
        == "found"
    )


def test_the_doctor_says_what_is_missing_and_words_are_compared_until_then(folder: Path, tmp_path: Path):
    assert embeddings(Settings(home=tmp_path)) == []
    (fine,) = embeddings(Settings(home=tmp_path, embeddings_folder=str(folder)))
    assert fine.level == "good"
    (tmp_path / "config.json").write_text("{}")
    gone = Settings(home=tmp_path, embeddings_folder=str(tmp_path))
    (finding,) = embeddings(gone)
    assert finding.level == "bad"
    assert "tokenizer.json" in finding.what
    assert "config.json" not in finding.what
    assert [Path(m).name for m in missing(str(tmp_path))] == [f for f in FILES if f != "config.json"]
    nothing: Any = None
    assert Reading(nothing, nothing, gone, None)._near is None  # pyright: ignore[reportPrivateUsage]
    used = Reading(nothing, nothing, Settings(home=tmp_path, embeddings_folder=str(folder)), None)
    assert used._near is not None  # pyright: ignore[reportPrivateUsage]
