"""The same over an S3-compatible server, by HTTP; what goes there is sealed."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from bot.media.contract import MediaProblem
from bot.media.media import Media
from bot.settings import Settings
from tests.bot.media.recordings import opened


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server with one empty bucket."""
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    address = f"http://{host}:{port}"
    client(address).create_bucket(Bucket="recordings")
    yield address
    moto.stop()


def client(address: str):
    known = {"aws_access_key_id": "id", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    return boto3.session.Session().client("s3", endpoint_url=address, **known)


def settings(home: Path, address: str, bucket: str = "recordings/parley") -> Settings:
    known = {"media_key_id": "id", "media_secret": SecretStr("secret"), "media_region": "us-east-1"}
    return Settings(home=home, media_url=f"s3://{bucket}", media_endpoint=address, **known)


async def test_a_recording_goes_to_the_bucket_and_comes_back(server: str, voice: Path, tmp_path: Path) -> None:
    media, s3 = Media.at(settings(tmp_path, server)), client(server)
    got = await opened(media, voice / "film.mp4")
    assert got.thumbnail is not None
    there = {x["Key"] for x in s3.list_objects_v2(Bucket="recordings")["Contents"]}
    assert there == {f"parley/{got.kept.name}", f"parley/{got.thumbnail.name}"}
    assert [x for x in (tmp_path / "media").rglob("*") if x.is_file()] == []
    body = s3.get_object(Bucket="recordings", Key=f"parley/{got.kept.name}")["Body"].read()
    assert b"ftyp" not in body
    whole = b"".join([piece async for piece in media.stream(got.kept)])
    assert len(whole) == got.kept.size
    assert whole[4:8] == b"ftyp"
    part = b"".join([piece async for piece in media.stream(got.kept, 60_000, 70_000)])
    assert part == whole[60_000:70_000]
    assert (await media.clip(got.kept, 1_000, 2_000)).seconds == pytest.approx(1, abs=0.02)
    assert await media.sweep({got.kept.name}, 0, 1 << 50) == 1
    await media.delete(got.kept.name)
    await media.delete(got.kept.name)
    with pytest.raises(MediaProblem, match="gone"):
        await media.clip(got.kept)
    with pytest.raises(MediaProblem, match="gone"):
        await anext(media.stream(got.kept))


async def test_a_bucket_that_is_not_there_is_our_trouble(server: str, voice: Path, tmp_path: Path) -> None:
    media = Media.at(settings(tmp_path, server, "nobody-made-this"))
    with pytest.raises(MediaProblem, match="trouble"):
        await opened(media, voice / "voice.ogg", video=False)
    assert [x for x in (tmp_path / "media").rglob("*") if x.is_file()] == []
