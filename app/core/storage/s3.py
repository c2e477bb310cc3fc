"""Store in a bucket of any vendor that speaks S3 (S3互換の保管庫)."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.core.storage.contract import (
    CHUNK,
    SHA256_PATTERN,
    MissingContent,
    StorageFailure,
    StoredContent,
    check_name,
    check_whole,
    copy_hashed,
)

MISSING_CODES = ("404", "NoSuchKey", "NotFound")
CONNECT_SECONDS = 3
READ_SECONDS = 20
TRIES = 3


class S3Store:
    """Contents as objects `prefix/ab/ab12…`. Keys to the bucket come from the environment."""

    def __init__(self, bucket: str, prefix: str, endpoint_url: str = "") -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint_url or None,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"max_attempts": TRIES, "mode": "standard"},
                # Other vendors do not know the newer checksums; we check the sha256 ourselves.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Keep a content: the answer of the bucket means that it is kept (P02)."""
        # The key is the sha256, which is known at the end: small ones wait in memory, others on
        # the disk.
        with _failing_as_storage(), tempfile.SpooledTemporaryFile(max_size=CHUNK) as spool:
            sha256, size = copy_hashed(stream, cast(BinaryIO, spool))
            spool.seek(0)
            self.client.put_object(
                Bucket=self.bucket,
                Key=self._key(sha256),
                Body=spool,
                ContentLength=size,
                ContentType="application/octet-stream",
            )
        return sha256, size

    def open(self, sha256: str) -> BinaryIO:
        """Fetch a content and check it. Raises MissingContent, DamagedContent."""
        key = self._key(check_name(sha256))
        # Handed on open, so no with block: whoever reads it closes it, and with that it is gone.
        opened = tempfile.SpooledTemporaryFile(max_size=CHUNK)  # noqa: SIM115 - closed by its reader
        spool = cast(BinaryIO, opened)
        try:
            with _failing_as_storage(sha256):
                answer = self.client.get_object(Bucket=self.bucket, Key=key)
                with answer["Body"] as body:
                    copy_hashed(cast(BinaryIO, body), spool)
        except StorageFailure:
            spool.close()
            raise
        spool.seek(0)
        return check_whole(spool, sha256)

    def exists(self, sha256: str) -> bool:
        """Whether there is a content of this sha256."""
        return bool(SHA256_PATTERN.fullmatch(sha256)) and self._put_at(sha256) is not None

    def delete(self, sha256: str, *, put_before: datetime | None = None) -> bool:
        """Delete a content, unless it was put again since `put_before`."""
        put_at = self._put_at(check_name(sha256))
        if put_at is None or (put_before and put_at >= put_before):
            return False
        with _failing_as_storage():
            self.client.delete_object(Bucket=self.bucket, Key=self._key(sha256))
        return True

    def hashes(self) -> Iterator[StoredContent]:
        """Go through all contents under the prefix."""
        with _failing_as_storage():
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for item in page.get("Contents", ()):
                    name = item["Key"].rpartition("/")[2]
                    if SHA256_PATTERN.fullmatch(name):
                        yield StoredContent(name, item["LastModified"])

    def remove_half_written(self, put_before: datetime) -> int:
        """Nothing: an object appears whole or not at all."""
        return 0

    def _put_at(self, sha256: str) -> datetime | None:
        try:
            with _failing_as_storage(sha256):
                head = self.client.head_object(Bucket=self.bucket, Key=self._key(sha256))
        except MissingContent:
            return None
        return cast(datetime, head["LastModified"])

    def _key(self, sha256: str) -> str:
        return f"{self.prefix}{sha256[:2]}/{sha256}"


@contextmanager
def _failing_as_storage(sha256: str = "") -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if sha256 and code in MISSING_CODES:
            raise MissingContent(sha256) from error
        raise StorageFailure(code) from error
    except (BotoCoreError, OSError) as error:
        # The words of the library may name the address and the key: the kind of error is enough.
        raise StorageFailure(type(error).__name__) from error
