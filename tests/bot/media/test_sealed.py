"""The sealed file: what goes in comes out, at any place; nothing that was changed does."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.sealed import CHUNK, HEADER_BYTES, Damaged, SealedReader, SealedWriter, new_key, plain_size

KEY = bytes(range(32))
SIZES = st.one_of(
    st.integers(0, 300),
    st.sampled_from([CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK]),
)


@contextmanager
def sealed(data: bytes, key: bytes = KEY, each: int = 50_000) -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        with SealedWriter(file.fileno(), key) as writer:
            for at in range(0, len(data), each):
                writer.write(data[at : at + each])
        yield file.fileno()


def noise(size: int) -> bytes:
    return (b"The quick brown fox. " * (size // 21 + 1))[:size]


@settings(max_examples=60, deadline=None)
@given(SIZES, st.integers(1, 200_000), st.integers(0, 3 * CHUNK), st.integers(0, CHUNK + 5))
def test_every_range_reads_as_it_was_written(size: int, each: int, start: int, length: int) -> None:
    data = noise(size)
    with sealed(data, each=max(each, 100)) as fd:
        reader = SealedReader(fd, KEY)
        assert reader.size == plain_size(os.fstat(fd).st_size) == size
        reader.seek(start)
        assert reader.read(length) == data[start : start + length]
        reader.seek(0)
        assert reader.read() == data
        on_disk = os.pread(fd, 4 * CHUNK, 0)
    assert size < 40 or data[:40] not in on_disk


@settings(max_examples=40, deadline=None)
@given(SIZES.filter(bool), st.data())
def test_a_container_may_go_back_to_its_beginning(size: int, data: st.DataObject) -> None:
    """As MP4 and WebM do when they note their length: the same as in a plain file."""
    at = data.draw(st.integers(0, min(size, CHUNK) - 1))
    note = data.draw(st.binary(max_size=min(8, min(size, CHUNK) - at)))
    plain = io.BytesIO()
    with tempfile.TemporaryFile() as file:
        with SealedWriter(file.fileno(), KEY) as writer:
            for target in (plain, writer):
                target.write(noise(size))
                target.seek(at)
                target.write(note)
                target.seek(0, os.SEEK_END)
                target.write(b"the end")
        assert SealedReader(file.fileno(), KEY).read() == plain.getvalue()


def test_what_is_sealed_already_is_not_written_over() -> None:
    with tempfile.TemporaryFile() as file:
        writer = SealedWriter(file.fileno(), KEY)
        writer.write(noise(3 * CHUNK))
        writer.seek(CHUNK + 10)
        with pytest.raises(io.UnsupportedOperation):
            writer.write(b"too late")
        writer.abandon()
        with pytest.raises(Damaged):
            SealedReader(file.fileno(), KEY)


@settings(max_examples=60, deadline=None)
@given(SIZES, st.integers(0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(size: int, where: int, by: int) -> None:
    with sealed(noise(size)) as fd:
        at = where % os.fstat(fd).st_size
        os.pwrite(fd, bytes([os.pread(fd, 1, at)[0] ^ by]), at)
        with pytest.raises(Damaged):
            SealedReader(fd, KEY).read()


@settings(max_examples=60, deadline=None)
@given(SIZES.filter(bool), st.integers(0))
def test_a_cut_file_is_noticed_before_its_first_byte_is_read(size: int, where: int) -> None:
    with sealed(noise(size)) as fd:
        os.truncate(fd, where % os.fstat(fd).st_size)
        with pytest.raises(Damaged):
            SealedReader(fd, KEY)


def test_a_cut_between_two_chunks_and_an_exchange_of_two_are_noticed() -> None:
    whole = CHUNK + 16
    with sealed(noise(4 * CHUNK)) as fd:
        os.truncate(fd, HEADER_BYTES + 2 * whole)
        with pytest.raises(Damaged):
            SealedReader(fd, KEY)
    with sealed(noise(4 * CHUNK)) as fd:
        first, second = (os.pread(fd, whole, HEADER_BYTES + n * whole) for n in (0, 1))
        os.pwrite(fd, second + first, HEADER_BYTES)
        with pytest.raises(Damaged):
            SealedReader(fd, KEY).read()


def test_a_chunk_of_another_file_under_the_same_key_does_not_fit() -> None:
    with sealed(noise(2 * CHUNK)) as one, sealed(noise(2 * CHUNK)) as other:
        # The same bytes under the same key: nothing shows that they are the same.
        assert os.pread(one, CHUNK, HEADER_BYTES) != os.pread(other, CHUNK, HEADER_BYTES)
        os.pwrite(one, os.pread(other, CHUNK + 16, HEADER_BYTES), HEADER_BYTES)
        with pytest.raises(Damaged):
            SealedReader(one, KEY).read()
    with sealed(b"secret") as fd, pytest.raises(Damaged):
        SealedReader(fd, new_key())
