"""Signatures are those of the examples in AWS's own reference, to the letter."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.uploads.s3.signing import Signer, path_text, query_text

SIGNER = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
HOST = "examplebucket.s3.amazonaws.com"
MOMENT = datetime(2013, 5, 24, tzinfo=UTC)
DATE = "Fri, 24 May 2013 00:00:00 GMT"


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body", "names", "signature"),
    [
        ("GET", "/test.txt", {}, {"range": "bytes=0-9"}, b"",
         "host;range;x-amz-content-sha256;x-amz-date",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT", "/test$file.text", {}, {"date": DATE, "x-amz-storage-class": "REDUCED_REDUNDANCY"},
         b"Welcome to Amazon S3.",
         "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/", {"lifecycle": ""}, {}, b"", "host;x-amz-content-sha256;x-amz-date",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/", {"prefix": "J", "max-keys": "2"}, {}, b"", "host;x-amz-content-sha256;x-amz-date",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
    ids=["GET Object", "PUT Object", "GET Bucket Lifecycle", "GET Bucket (List Objects)"],
)  # fmt: skip
def test_a_signature_is_that_of_the_reference(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    names: str,
    signature: str,
) -> None:
    """« Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk »."""
    said = SIGNER.headers(method, HOST, path, query=query, headers=headers, body=body, at=MOMENT)
    assert said["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def proof(**changed: object) -> str:
    asked = {
        "method": "PUT", "host": HOST, "path": "/a", "query": {"b": "c"}, "headers": {"d": "e"}, "body": b"f", "at": MOMENT,
    }  # fmt: skip
    return SIGNER.headers(**{**asked, **changed})["authorization"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "GET"}, {"host": "other.example.fr"}, {"path": "/b"}, {"query": {"b": "d"}}, {"query": {}},
        {"headers": {"d": "f"}}, {"body": b""}, {"at": MOMENT + timedelta(seconds=1)},
    ],
)  # fmt: skip
def test_a_signature_is_good_for_one_request(changed: dict[str, object]) -> None:
    assert proof(**changed) != proof()


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=5), st.text(max_size=20))
def test_what_is_escaped_is_plain_ascii_that_nobody_escapes_again(query: dict[str, str], path: str) -> None:
    for text in (query_text(query), path_text(path)):
        assert all(letter.isascii() and (letter.isalnum() or letter in "-._~%/&=") for letter in text)


def test_no_secret_is_in_what_is_printed() -> None:
    assert SIGNER.secret_key not in repr(SIGNER)
