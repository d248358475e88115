"""Real, tiny Whisper models whose weights are written by hand, so that what they hear can be asserted word by word.

A model hears *beeps* in the upper bands of the sound: time is cut into slots of 0.4 s, and each of the eleven beeps is a word.
The decoder counts: which slot it reads is told by how many tokens it has written (its position encodings), cross-attention
fetches what sounded there, and the token of the loudest beep (or, in silence, one that reads as nothing) follows. A scripted
model counts likewise and writes one text, whatever it hears.

Below the beeps there is speech of espeak-ng, without its upper bands: the voice detector finds somebody there who speaks.
"""

import functools
import json
import subprocess
import wave
from io import BytesIO
from pathlib import Path
from typing import Any

import ctranslate2.specs
import numpy as np
from faster_whisper.vad import get_vad_model
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

RATE, SLOT, SLOTS = 16_000, 0.4, 75
FIRST_BAND, STEP = 58, 2
WORDS = ("we", "shipped", "the", "parser", "after", "my", "team", "found", "two", "slow", "queries")
SPANISH = "queries"  # its beep makes a window Spanish
LANGUAGES = ("en", "es", "de")
_PROMPT = 3  # start, language, task: from here on one token for each slot
_A = 10.0
# Places in the hidden vector: the slots, what the decoder is at, and the beeps.
_TALK, _START, _END, _DONE, _ASKED, _BEEPS = range(SLOTS, SLOTS + 6)
_FOREIGN = _BEEPS + WORDS.index(SPANISH)
_SIZE = 96
assert _BEEPS + len(WORDS) <= _SIZE


def frequency(word: str) -> float:
    """The beep of a word, in Hz: the middle of a band of the model's own scale."""
    edges = np.linspace(0.0, 45.245640471924965, 82)
    band = edges[FIRST_BAND + STEP * WORDS.index(word) + 1]
    return float(1000.0 * np.exp(np.log(6.4) / 27.0 * (band - 15.0)))


def beeping(words: list[str | None], loud: float = 0.05) -> "np.ndarray[Any, np.dtype[np.int16]]":
    """Speech with a beep for each word (None: a slot without one), 16 kHz mono 16 bit, as long as the slots."""
    size = round(SLOT * RATE)
    out = _speech(len(words) * size).copy()
    t = np.arange(size) / RATE
    soft = np.minimum(1.0, np.minimum(t, t[::-1]) / 0.02)
    for n, word in enumerate(words):
        if word is not None:
            out[n * size : (n + 1) * size] += loud * soft * np.sin(2 * np.pi * frequency(word) * t)
    return np.round(np.clip(out, -1, 1) * 32767).astype(np.int16)


def sentence(n: int, length: int = 6) -> list[str | None]:
    """A sentence of its own for each number up to a million."""
    return [WORDS[int(d)] for d in f"{n:06d}"[-length:]]


def espeak(text: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """A text as speech, 16 kHz, in [-1, 1]."""
    made = subprocess.run(
        ["espeak-ng", "--stdin", "--stdout", "-v", "en", "-s", "170"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    with wave.open(BytesIO(made.stdout)) as file:
        rate, data = file.getframerate(), file.readframes(10_000_000)
    sound = np.frombuffer(data[: len(data) // 2 * 2], np.int16) / 32768
    at = np.arange(0, len(sound) - 1, rate / RATE)
    return np.interp(at, np.arange(len(sound)), sound)


@functools.cache
def _carrier() -> "np.ndarray[Any, np.dtype[np.float64]]":
    """A piece of speech without a pause and without its upper bands, whose end goes over into its beginning."""
    sound = espeak("anyone in our row may whine or moan all year long as we were all in a long room " * 6)
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > 3000] = 0
    low = np.fft.irfft(spectrum, len(sound))
    low *= 0.3 / np.abs(low).max()
    sure = get_vad_model()(low[: len(low) // 512 * 512].astype(np.float32)).ravel() > 0.7
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sure.astype(int), [0]])))
    start, end = max(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[1] - run[0])
    piece, over = low[start * 512 : end * 512], RATE // 20
    mixed = piece[:over] * np.linspace(0, 1, over) + piece[-over:] * np.linspace(1, 0, over)
    return np.concatenate([mixed, piece[over:-over]])


def _speech(samples: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    carrier = _carrier()
    return np.tile(carrier, samples // len(carrier) + 1)[:samples]


def wav(sound: bytes) -> bytes:
    """16 kHz mono 16 bit as a file."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound)
    return out.getvalue()


def build(folder: Path, script: str = "") -> Path:
    """Write a model; the folder. script: the text of one that writes nothing else."""
    text = sorted(pre_tokenizers.ByteLevel.alphabet())
    said = [f"Ġ{w}ǁ{n}" for n, w in enumerate(script.split() or WORDS)]
    text += [*said, "ǁ0", ""]  # the second to last reads as nothing; the last one makes the model multilingual
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{x}|>" for x in LANGUAGES)]
    special += [f"<|{x}|>" for x in ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")]
    special += [f"<|{0.02 * i:.2f}|>" for i in range(1501)]
    ids = {token: n for n, token in enumerate(text + special)}
    spec = ctranslate2.specs.WhisperSpec(1, 1, 1, 1)
    _encoder(spec.encoder)
    _decoder(spec.decoder, ids, said, bool(script))
    spec.register_vocabulary(text + special)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [ids["<|endoftext|>"]]
    spec.config.lang_ids = [ids[f"<|{x}|>"] for x in LANGUAGES]
    spec.config.alignment_heads = [(0, 0)]
    spec.validate()
    spec.optimize("int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    _tokenizer(text, special).save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"feature_size": 80, "sampling_rate": RATE, "hop_length": 160, "chunk_length": 30, "n_fft": 400})
    )
    return folder


def _tokenizer(text: list[str], special: list[str]) -> Tokenizer:
    made = Tokenizer(models.BPE(vocab={t: n for n, t in enumerate(text)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.Sequence([decoders.Replace(Regex("ǁ[0-9]+$"), ""), decoders.ByteLevel()])
    made.add_special_tokens(special)
    return made


def _zeros(*shape: int) -> Any:
    return np.zeros(shape, np.float32)


def _linear(layer: Any, weight: Any, bias: Any = None) -> None:
    layer.weight = np.ascontiguousarray(weight)
    layer.bias = _zeros(weight.shape[0]) if bias is None else bias


def _plain(layer: Any) -> None:
    layer.gamma, layer.beta = np.ones(_SIZE, np.float32), _zeros(_SIZE)


def _still(block: Any) -> None:
    """A block that adds nothing."""
    _plain(block.ffn.layer_norm)
    _linear(block.ffn.linear_0, _zeros(8, _SIZE))
    _linear(block.ffn.linear_1, _zeros(_SIZE, 8))
    _plain(block.self_attention.layer_norm)
    _linear(block.self_attention.linear[0], _zeros(3 * _SIZE, _SIZE))
    _linear(block.self_attention.linear[1], _zeros(_SIZE, _SIZE))


def _encoder(encoder: Any) -> None:
    """Each position says its slot and which beeps sound there."""
    first, shift, second = _zeros(_SIZE, 80, 3), _zeros(_SIZE), _zeros(_SIZE, _SIZE, 3)
    for n in range(len(WORDS)):
        first[_BEEPS + n, FIRST_BAND + STEP * n, 1], shift[_BEEPS + n] = 6.0, -2.4  # silent below 0.4
        second[_BEEPS + n, _BEEPS + n, 1] = 2.0
    encoder.conv1.weight, encoder.conv1.bias = first, shift
    encoder.conv2.weight, encoder.conv2.bias = second, _zeros(_SIZE)
    places = _zeros(1500, _SIZE)
    for position in range(1500):
        places[position, position * SLOTS // 1500] = _A
    encoder.position_encodings.encodings = places
    _plain(encoder.layer_norm)
    _still(encoder.layer[0])


def _decoder(decoder: Any, ids: dict[str, int], said: list[str], scripted: bool) -> None:
    size, slots = len(ids), len(said) if scripted else SLOTS
    places, out, bias = _zeros(448, _SIZE), _zeros(size, _SIZE), np.full(size, -60.0, np.float32)
    places[0, _ASKED] = places[1, _ASKED] = _A
    places[_PROMPT - 1, _START] = _A
    for n in range(slots):
        places[_PROMPT + n, [n, _TALK]] = _A
    places[_PROMPT + slots, _END] = _A
    places[_PROMPT + slots + 1 :, _DONE] = _A
    tokens = ((_START, "<|0.00|>"), (_END, "<|30.00|>"), (_DONE, "<|endoftext|>"), (_ASKED, "<|en|>"))
    for place, token in tokens:
        out[ids[token], place] = 8.0
    for n, token in enumerate(said):
        if scripted:
            out[ids[token], n] = 16.0
        else:
            out[ids[token], _TALK], out[ids[token], _BEEPS + n] = 8.0, 12.0
    if not scripted:
        out[ids["ǁ0"], _TALK], bias[ids["ǁ0"]] = 8.0, -50.0
        spanish = ids["<|es|>"]
        out[spanish, _ASKED], out[spanish, _FOREIGN], bias[spanish] = 8.0, 24.0, -70.0
    decoder.embeddings.weight = _zeros(size, _SIZE)
    decoder.position_encodings.encodings = places
    _plain(decoder.layer_norm)
    decoder.projection.weight, decoder.projection.bias = out, bias
    _still(decoder.layer[0])
    _fetching(decoder.layer[0].attention)


def _fetching(attention: Any) -> None:
    """Cross-attention: the beeps of the slot that the decoder is at; at its beginning, wherever the Spanish one sounds."""
    query, both, back = _zeros(_SIZE, _SIZE), _zeros(2 * _SIZE, _SIZE), _zeros(_SIZE, _SIZE)
    for n in range(SLOTS):
        query[n, n], both[n, n] = 4.0, 1.0
    query[_FOREIGN, _ASKED], both[_FOREIGN, _FOREIGN] = 8.0, 1.0
    for n in range(_BEEPS, _BEEPS + len(WORDS)):
        both[_SIZE + n, n], back[n, n] = 1.0, 1.0
    _plain(attention.layer_norm)
    _linear(attention.linear[0], query)
    _linear(attention.linear[1], both)
    _linear(attention.linear[2], back)
