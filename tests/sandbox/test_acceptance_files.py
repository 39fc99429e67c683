"""Material files at the owners' platform: whole, in part, cut off on the way; never in the books."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sandbox import large_bytes
from sandbox.district import District
from sandbox.handle import Handle

SIZE = 300_001


@pytest.fixture
def platform(district: District) -> Iterator[Handle]:
    yield district.system("acceptance_platform")
    district.system("acceptance_platform").clear()


def put(platform: Handle, name: str = "竣工图.ofd") -> str:
    told = platform.ask("POST", "/file", {"name": name, "size": SIZE})
    return f"{platform.address}/open/files/{told['sm3']}"


def get(url: str, asked: str = "") -> requests.Response:
    return requests.get(url, headers={"Range": asked} if asked else {}, timeout=10)


@given(st.integers(0, 200_000), st.integers(0, 200_000), st.integers(0, 200_000))
def test_any_part_is_the_part_of_the_whole(size: int, start: int, stop: int) -> None:
    whole = b"".join(large_bytes.parts("a", size))
    assert len(whole) == size
    assert b"".join(large_bytes.parts("a", size, start, stop)) == whole[start:stop]


def test_two_files_differ_and_so_do_their_blocks() -> None:
    whole = [b"".join(large_bytes.parts(name, 2 * large_bytes.BLOCK)) for name in ("a", "b")]
    assert whole[0] != whole[1]
    assert whole[0][: large_bytes.BLOCK] != whole[0][large_bytes.BLOCK :]


def test_a_file_is_got_by_its_digest_whole_and_in_parts(platform: Handle) -> None:
    url = put(platform)
    whole = get(url)
    assert (whole.status_code, len(whole.content)) == (200, SIZE)
    assert hashlib.new("sm3", whole.content).hexdigest() == url.rpartition("/")[2]
    later, middle = get(url, "bytes=70000-"), get(url, "bytes=10-19")
    assert (later.status_code, later.content) == (206, whole.content[70000:])
    assert middle.headers["Content-Range"] == f"bytes 10-19/{SIZE}"
    assert middle.content == whole.content[10:20]
    assert get(url, f"bytes={SIZE}-").status_code == 416
    assert get(f"{platform.address}/open/files/{'0' * 64}").status_code == 404


def test_what_was_cut_off_goes_on_from_there(platform: Handle) -> None:
    url, got = put(platform, "模型.ifc"), b""
    platform.fault("cut", operation="open/files", times=1, bytes=100_000)
    with (
        requests.get(url, stream=True, timeout=10) as answer,
        pytest.raises(requests.exceptions.RequestException),
    ):
        for part in answer.iter_content(1000):
            got += part
    assert len(got) <= 100_000
    got += get(url, f"bytes={len(got)}-").content
    assert hashlib.new("sm3", got).hexdigest() == url.rpartition("/")[2]


def test_the_books_keep_no_bytes_of_it(platform: Handle) -> None:
    url = put(platform, "图集.pdf")
    before = len(platform.wire())
    get(url)
    told = platform.wire()[before:]
    assert [row["operation"] for row in told] == ["open/files"] * 2
    assert all(row["body"] == b"" for row in told)
