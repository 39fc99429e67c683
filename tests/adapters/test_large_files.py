"""Settings that could never work are told when the site is checked, each with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from adapters import large_files
from exchange.errors import Invalid
from exchange.ports import Endpoint

FOLDERS = {"folders": {"out": {"folder": "out"}}}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"wire": "files", "settings": FOLDERS, "take": "out"}, []),
        ({"wire": "sftp", "settings": FOLDERS, "take": "out", "put": "out"}, []),
        ({"wire": "rest", "take": "/files/{name}"}, []),
        ({"wire": "files", "settings": FOLDERS, "take": "in"}, [("/take", "large.place")]),
        ({"wire": "files", "settings": FOLDERS, "put": "in"}, [("/put", "large.place")]),
        ({"wire": "rest", "take": "/files"}, [("/take", "large.place")]),
        ({"wire": "rest", "put": "/files/{name}"}, [("/put", "large.place")]),
        ({"wire": "ftps", "take": "out"}, [("/settings", "feed.settings")]),
    ],
)
def test_mistakes_have_their_place(options: dict[str, Any], told: list[tuple[str, str]]) -> None:
    jsonschema_rs.validate(large_files.OPTIONS, options)
    found = large_files.mistakes(options, None)
    assert [(place, problem.code) for place, problem in found] == told
    if told:
        with pytest.raises(Invalid):
            large_files.open_system(options, Endpoint("/"))


def test_what_the_site_does_not_say_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    options = {"wire": "files", "settings": FOLDERS, "take": "out"}
    found = large_files.open_system(options, Endpoint(str(tmp_path)))
    assert found.source is found.source
    with pytest.raises(Invalid, match=r"large\.place"):
        _ = found.drop
    found.close()
    assert found.operations == {}
