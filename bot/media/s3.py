"""Sealed files on an S3-compatible server. What goes there is sealed already; the server never sees a key."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypedDict, TypeVar, cast

from bot.media.contract import MediaProblem
from bot.media.stores import is_name, trouble
from bot.settings import Settings

T = TypeVar("T")
_GONE = {"404", "NoSuchKey", "NotFound"}
_TRIES = 3


class _Entry(TypedDict):
    Key: str
    LastModified: datetime


class _Client(Protocol):
    """The part of boto3's S3 client that is used here; boto3 brings no types."""

    def upload_file(self, Filename: str, Bucket: str, Key: str) -> None: ...
    def download_fileobj(self, Bucket: str, Key: str, Fileobj: Any) -> None: ...
    def get_object(self, *, Bucket: str, Key: str, Range: str) -> dict[str, Any]: ...
    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]: ...
    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]: ...
    def get_paginator(self, name: str) -> Any: ...


class Bucket:
    """A `Store` in a bucket: s3://BUCKET/PREFIX. `scratch`: a folder of this machine for what is opened here."""

    def __init__(self, settings: Settings, scratch: Path) -> None:
        self._settings, self._scratch = settings, scratch
        self._bucket, _, prefix = settings.media_url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._made: _Client | None = None

    async def put(self, name: str, file: Path) -> None:
        await self._do(lambda s3: s3.upload_file(str(file), self._bucket, self._key(name)))
        await asyncio.to_thread(file.unlink, missing_ok=True)

    async def fetch(self, name: str) -> int:
        return await self._do(lambda s3: self._download(s3, name))

    async def read(self, name: str, start: int, size: int) -> bytes:
        where = f"bytes={start}-{start + size - 1}"
        key = self._key(name)
        return await self._do(lambda s3: s3.get_object(Bucket=self._bucket, Key=key, Range=where)["Body"].read())

    async def size(self, name: str) -> int:
        key = self._key(name)
        return await self._do(lambda s3: s3.head_object(Bucket=self._bucket, Key=key)["ContentLength"])

    async def delete(self, name: str) -> None:
        if is_name(name):
            key = self._key(name)
            await self._do(lambda s3: s3.delete_object(Bucket=self._bucket, Key=key))

    async def names(self) -> AsyncIterator[tuple[str, int]]:
        for entry in await self._do(self._listed):
            name = entry["Key"].rpartition("/")[2]
            if is_name(name):
                yield name, round(entry["LastModified"].timestamp() * 1000)

    def _key(self, name: str) -> str:
        if not is_name(name):
            raise MediaProblem("gone")
        return self._prefix + name

    def _listed(self, s3: _Client) -> list[_Entry]:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        return [cast(_Entry, entry) for page in pages for entry in page.get("Contents", ())]

    def _download(self, s3: _Client, name: str) -> int:
        with tempfile.TemporaryFile(dir=self._scratch) as file:
            s3.download_fileobj(self._bucket, self._key(name), file)
            file.flush()
            return os.dup(file.fileno())

    async def _do(self, act: Callable[[_Client], T]) -> T:
        """Ask the server, in a thread: boto3 knows no event loop."""
        return await asyncio.to_thread(self._asked, act)

    def _asked(self, act: Callable[[_Client], T]) -> T:
        from boto3.exceptions import Boto3Error  # pyright: ignore[reportMissingTypeStubs]
        from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]

        try:
            return act(self._client())
        except ClientError as error:
            answer = cast("dict[str, dict[str, str]]", cast(Any, error).response)
            raise MediaProblem("gone" if answer.get("Error", {}).get("Code") in _GONE else "trouble") from error
        except (BotoCoreError, Boto3Error) as error:
            raise MediaProblem("trouble") from error
        except OSError as error:
            raise trouble(error) from error

    def _client(self) -> _Client:
        if self._made is None:
            from boto3.session import Session  # pyright: ignore[reportMissingTypeStubs]
            from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

            known = self._settings
            secret = known.media_secret.get_secret_value()
            # A session of its own: boto3's shared one is not made for several threads.
            self._made = cast(
                _Client,
                Session().client(  # pyright: ignore[reportUnknownMemberType]
                    "s3",
                    endpoint_url=known.media_endpoint or None,
                    region_name=known.media_region or None,
                    aws_access_key_id=known.media_key_id or None,
                    aws_secret_access_key=secret or None,
                    config=Config(retries={"max_attempts": _TRIES, "mode": "standard"}),
                ),
            )
        return self._made
