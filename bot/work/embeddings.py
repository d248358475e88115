"""Sentence embeddings of a local model, for the evidence map: all-MiniLM-L6-v2 or another BERT with mean pooling.

The folder has the model's own files: `tokenizer.json`, `config.json` and `model.safetensors`. Needs numpy, tokenizers and
safetensors (`pip install parley[embeddings]`), no torch and no network. Everything is loaded when the first answer is read.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

MOST_TOKENS = 256  # what these models were trained for; a longer sentence is read up to here
_KNOWN = 20_000  # sentences kept: a kit's phrasings come again with every answer


@dataclass(frozen=True, slots=True)
class _Shape:
    layers: int
    heads: int
    epsilon: float


class Embeddings:
    """Vectors of length one: `embed(texts)` is (number of texts, dimensions), float32. Safe to use from several threads."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder).expanduser()
        self._vectors: dict[str, Array] = {}

    def near(self, one: Sequence[str], other: Sequence[str]) -> list[list[float]]:
        """The cosine of every text of `one` with every text of `other`."""
        return cast("list[list[float]]", (self.embed(one) @ self.embed(other).T).tolist())

    def embed(self, texts: Sequence[str]) -> "Array":
        import numpy as np

        if len(self._vectors) > _KNOWN:
            self._vectors = {}
        known = self._vectors
        for text in texts:
            if text not in known:
                known[text] = self._embedded(text)
        return np.stack([known[text] for text in texts])

    def _embedded(self, text: str) -> "Array":
        import numpy as np

        ids: list[int] = self._tokenizer.encode(text).ids[:MOST_TOKENS]
        states = _encoded(np.asarray(ids, np.int64), self._weights, self._shape)
        mean = states.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer  # pyright: ignore[reportMissingTypeStubs]

        loaded: Any = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        # Both are done here: padding would be counted into the mean, and a cut is ours to make.
        loaded.no_padding()
        loaded.no_truncation()
        return loaded

    @cached_property
    def _weights(self) -> "dict[str, Array]":
        import numpy as np
        from safetensors import numpy as stored

        load: Any = stored.load_file  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        loaded: dict[str, Any] = load(self._folder / "model.safetensors")
        return {k.removeprefix("bert."): np.asarray(v, np.float32) for k, v in loaded.items() if v.dtype != np.int64}

    @cached_property
    def _shape(self) -> _Shape:
        config = json.loads((self._folder / "config.json").read_text("utf-8"))
        epsilon = config.get("layer_norm_eps", 1e-12)
        return _Shape(config["num_hidden_layers"], config["num_attention_heads"], epsilon)


def _encoded(ids: "NDArray[np.int64]", weights: "dict[str, Array]", shape: _Shape) -> "Array":
    """The states of the last layer: (tokens, dimensions). One sentence, so nothing is padded or masked."""
    names = ("embeddings.word_embeddings", "embeddings.position_embeddings", "embeddings.token_type_embeddings")
    word, place, kind = (weights[f"{name}.weight"] for name in names)
    states = _normed(word[ids] + place[: len(ids)] + kind[0], weights, "embeddings.LayerNorm", shape)
    for n in range(shape.layers):
        layer = f"encoder.layer.{n}"
        seen = _attention(states, weights, f"{layer}.attention.self", shape.heads)
        told = _dense(seen, weights, f"{layer}.attention.output.dense")
        states = _normed(states + told, weights, f"{layer}.attention.output.LayerNorm", shape)
        wide = _gelu(_dense(states, weights, f"{layer}.intermediate.dense"))
        out = _dense(wide, weights, f"{layer}.output.dense")
        states = _normed(states + out, weights, f"{layer}.output.LayerNorm", shape)
    return states


def _attention(states: "Array", weights: "dict[str, Array]", name: str, heads: int) -> "Array":
    import numpy as np

    tokens, size = states.shape

    def split(part: str) -> "Array":
        return _dense(states, weights, f"{name}.{part}").reshape(tokens, heads, size // heads).transpose(1, 0, 2)

    scores = split("query") @ split("key").transpose(0, 2, 1) / np.sqrt(size // heads)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return (shares @ split("value")).transpose(1, 0, 2).reshape(tokens, size).astype(np.float32)


def _dense(x: "Array", weights: "dict[str, Array]", name: str) -> "Array":
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normed(x: "Array", weights: "dict[str, Array]", name: str, shape: _Shape) -> "Array":
    import numpy as np

    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + shape.epsilon)
    return (centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]).astype(np.float32)


def _gelu(x: "Array") -> "Array":
    """x times the normal distribution at x, by the error function (numpy has none of its own: Abramowitz, Stegun 7.1.26)."""
    import numpy as np

    z = np.abs(x.astype(np.float64)) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    return (0.5 * x * (1 + erf)).astype(np.float32)
