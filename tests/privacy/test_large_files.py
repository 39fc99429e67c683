"""Nothing of a large file, nor of its name, in the clear in what the hub keeps or prints."""

from __future__ import annotations

import gzip
import io
import logging
import random
from pathlib import Path
from typing import Any

import pytest

from exchange.sealed_file import CHUNK
from tests.zhida.large_office import Office
from tests.zhida.test_files_served import ask
from zhida import file_intake, file_push

pytestmark = pytest.mark.guarantee("G6")

CANARIES = {
    "in a file": "霍靐淼的房屋平面图",
    "packed in a file": "邬骉焱所有的地下室",
    "in a file's name": "秦龘犇住宅",
    "in a title": "麤犇巷淼字号加固图",
}


def content() -> bytes:
    """The canaries around every border of a chunk, as they are and packed."""
    noise = random.Random(4)
    plain = CANARIES["in a file"].encode()
    packed = gzip.compress(CANARIES["packed in a file"].encode())
    file = io.BytesIO()
    for border in (0, CHUNK, 2 * CHUNK):
        file.write(noise.randbytes(max(0, border - file.tell() - 10)))
        file.write(plain + b"\n" + packed + b"\n" + plain.decode().encode("gb18030"))
    return file.getvalue()


def test_neither_disk_nor_store_nor_log_has_any_of_it(
    tmp_path: Path, scanner_module: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scanner = scanner_module.Scanner(CANARIES)
    office, data = Office(tmp_path / "town"), content()
    told = {"title": CANARIES["in a title"]}
    name = CANARIES["in a file's name"] + ".dwg"
    known = office.claim(name, data, **told)
    broken = office.claim(CANARIES["in a file's name"] + "-2.dwg", data, sm3="0" * 64, **told)
    assert file_intake.take_in(office.hub, known) == "taken"
    told_of_broken = file_intake.take_all(office.hub, [broken])
    assert told_of_broken == {broken.claim.id: "file.digest"}
    with office.endpoint.serving():
        assert ask(office, f"/files/{known.claim.id}")[1] == data
        assert ask(office, f"/files/{known.claim.id}", role="his")[0] == 403
    assert file_push.push(office.hub, known, office.hub.site.system("inbox")) == "put"
    var = tmp_path / "town/var"
    files = scanner_module.files_below(var)
    assert {"store.db", f"{known.tag}.whole"} <= {file.name for file in files}
    assert scanner.find_in(files) == {}
    assert scanner.find(caplog.text.encode()) == set()
    assert set(CANARIES) == set().union(
        *scanner.find_in(scanner_module.files_below(office.out)).values(), {"in a title"}
    )
    office.hub.close()
