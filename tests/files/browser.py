"""Posting files as a browser does (ファイルの送信), without temporary files of the test client."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

BOUNDARY = "----form-of-a-test"


def post_files(
    client: FlaskClient,
    path: str,
    files: Sequence[tuple[str, bytes]],
    fields: Mapping[str, object] | None = None,
) -> TestResponse:
    """Post fields and the files of one chooser, `files`."""
    body = multipart(files, fields or {})
    return client.post(
        path,
        input_stream=BytesIO(body),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        content_length=len(body),
    )


def multipart(files: Sequence[tuple[str, bytes]], fields: Mapping[str, object]) -> bytes:
    """The body of such a post."""
    body = BytesIO()
    for name, value in fields.items():
        body.write(
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="{name}"\r\n\r\n{value}\r\n'.encode()
        )
    for name, content in files:
        sent = name.encode(errors="surrogatepass").replace(b'"', b"%22")
        body.write(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="'.encode()
            + sent.replace(b"\r", b"%0D").replace(b"\n", b"%0A")
            + b'"\r\nContent-Type: application/octet-stream\r\n\r\n'
            + content
            + b"\r\n"
        )
    body.write(f"--{BOUNDARY}--\r\n".encode())
    return body.getvalue()
