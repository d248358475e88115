# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (numpy and tokenizers leave these open.)
"""A Whisper model of *base* dimensions with random weights, and sounds for it: as much work as a real one, and no download.

What it writes is noise, but it is sure of it (so nothing is read twice), and as much as people say in half a minute. Then it
says that the window is over, so that every window is read in one go, whatever is in it.
"""

import json
import subprocess
import wave
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
LAYERS, HEADS, SIZE, INNER, BANDS = 6, 8, 512, 2048, 80
TEXT_TOKENS, POSITIONS = 50_257, 448
LANGUAGES = ("en", "de", "es", "fr")
USUAL = 80  # tokens in half a minute of speech
_PROMPT = 3  # start, language, task
_OVER, _CLOSED = 0, 1  # places in the hidden vector by which the last two tokens are chosen


def build(folder: Path, tokens: int = USUAL) -> Path:
    """Write the model; its folder. tokens: how many it writes for each window."""
    specs: Any = import_module("ctranslate2.specs")
    chance = np.random.default_rng(6)
    text, special = _vocabulary()
    ids = {token: n for n, token in enumerate(text + special)}
    spec = specs.WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    shapes = _shapes(len(ids))
    _fill(spec, shapes, chance)
    _ending(spec.decoder, ids, tokens)
    spec.register_vocabulary(text + special)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [ids["<|endoftext|>"]]
    spec.config.lang_ids = [ids[f"<|{x}|>"] for x in LANGUAGES]
    spec.config.alignment_heads = [(LAYERS - 1, 0), (LAYERS - 1, 1)]
    spec.validate()
    spec.optimize("int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    _tokenizer(text, special, folder)
    about = {"feature_size": BANDS, "sampling_rate": RATE, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(about))
    return folder


def _ending(decoder: Any, ids: dict[str, int], tokens: int) -> None:
    """After so many tokens come the time at which the window ends and the end of the text; no other times in between."""
    places, out, bias = decoder.position_encodings.encodings, decoder.projection.weight, np.zeros(len(ids), np.float32)
    places[:, :2], out[:, :2] = 0.0, 0.0
    places[_PROMPT + tokens, _OVER] = places[_PROMPT + tokens + 1 :, _CLOSED] = 60.0
    bias[ids["<|0.00|>"] :] = bias[ids["<|endoftext|>"]] = -1000.0
    out[ids["<|30.00|>"], _OVER] = out[ids["<|endoftext|>"], _CLOSED] = 300.0
    decoder.projection.bias = bias


def _vocabulary() -> tuple[list[str], list[str]]:
    from tokenizers import pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    text = letters + [f"Ġw{n:x}" for n in range(TEXT_TOKENS - len(letters) - 1)] + [""]
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{x}|>" for x in LANGUAGES)]
    special += [f"<|{x}|>" for x in ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")]
    return text, special + [f"<|{0.02 * n:.2f}|>" for n in range(1501)]


def _shapes(tokens: int) -> dict[str, tuple[int, ...]]:
    return {
        "encoder/conv1/weight": (SIZE, BANDS, 3), "encoder/conv2/weight": (SIZE, SIZE, 3),
        "encoder/position_encodings/encodings": (1500, SIZE), "decoder/position_encodings/encodings": (POSITIONS, SIZE),
        "decoder/embeddings/weight": (tokens, SIZE), "decoder/projection/weight": (tokens, SIZE),
        "self_attention/linear_0/weight": (3 * SIZE, SIZE), "self_attention/linear_1/weight": (SIZE, SIZE),
        "attention/linear_0/weight": (SIZE, SIZE), "attention/linear_1/weight": (2 * SIZE, SIZE),
        "attention/linear_2/weight": (SIZE, SIZE), "ffn/linear_0/weight": (INNER, SIZE),
        "ffn/linear_1/weight": (SIZE, INNER),
    }  # fmt: skip


def _fill(spec: Any, shapes: dict[str, tuple[int, ...]], chance: np.random.Generator) -> None:
    """Every array of the model: small random weights, no shift, plain norms."""
    for part, owner in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        _norm(owner.layer_norm)
        for layer in owner.layer:
            blocks = {"self_attention": layer.self_attention, "attention": getattr(layer, "attention", None)}
            for name, block in blocks.items():
                if block is not None:
                    _norm(block.layer_norm)
                    for n, linear in enumerate(block.linear):
                        _linear(linear, shapes[f"{name}/linear_{n}/weight"], chance)
            _norm(layer.ffn.layer_norm)
            _linear(layer.ffn.linear_0, shapes["ffn/linear_0/weight"], chance)
            _linear(layer.ffn.linear_1, shapes["ffn/linear_1/weight"], chance)
        # In the decoder its place weighs more than the word before: what repeats itself would be read twice.
        size = 4.0 if part == "decoder" else 0.1
        owner.position_encodings.encodings = _random(shapes[f"{part}/position_encodings/encodings"], chance, size)
    for conv, name in ((spec.encoder.conv1, "conv1"), (spec.encoder.conv2, "conv2")):
        conv.weight, conv.bias = _random(shapes[f"encoder/{name}/weight"], chance, 0.05), np.zeros(SIZE, np.float32)
    spec.decoder.embeddings.weight = _random(shapes["decoder/embeddings/weight"], chance, 0.1)
    spec.decoder.projection.weight = _random(shapes["decoder/projection/weight"], chance, 2.0)


def _random(shape: tuple[int, ...], chance: np.random.Generator, size: float) -> Any:
    return chance.standard_normal(shape, np.float32) * np.float32(size)


def _linear(linear: Any, shape: tuple[int, ...], chance: np.random.Generator) -> None:
    linear.weight, linear.bias = _random(shape, chance, 0.05), np.zeros(shape[0], np.float32)


def _norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(SIZE, np.float32), np.zeros(SIZE, np.float32)


def _tokenizer(text: list[str], special: list[str], folder: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    made: Any = Tokenizer(models.BPE(vocab={t: n for n, t in enumerate(text)}, merges=[]))
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made.add_special_tokens(special)
    made.save(str(folder / "tokenizer.json"))


def speech(seconds: float) -> bytes:
    """Speech of espeak-ng with pauses: 16 kHz mono, 16 bit."""
    text = "I looked at what had changed that morning, and then I asked the team. We put the old version back, and wrote it down. "
    made = subprocess.run(
        ["espeak-ng", "--stdin", "--stdout", "-v", "en"], input=(text * 4).encode(), capture_output=True
    )
    with wave.open(BytesIO(made.stdout)) as file:
        rate, data = file.getframerate(), file.readframes(100_000_000)
    sound: Any = np.frombuffer(data[: len(data) // 2 * 2], np.int16)
    at: Any = np.arange(0, len(sound) - 1, rate / RATE)
    one: Any = np.interp(at, np.arange(len(sound)), sound)
    one = one.astype(np.int16)
    one = np.concatenate([one, np.zeros(RATE, np.int16)])
    return np.tile(one, round(seconds * RATE) // len(one) + 1)[: round(seconds * RATE)].tobytes()
