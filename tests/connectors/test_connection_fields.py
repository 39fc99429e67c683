"""What the wires read out of a connection is declared, so that a form offers it."""

import re
from pathlib import Path

from connectors.connection_fields import EXTRA

ROOMS = [Path(__file__).parents[2] / name for name in ("connectors", "adapters")]
READ = re.compile(r"extra(?:\.get\(|\[)\"([a-z_]+)\"")


def test_every_name_that_is_read_is_declared():
    read = {
        name
        for room in ROOMS
        for file in room.glob("*.py")
        for name in READ.findall(file.read_text("utf-8"))
    }
    assert len(read) > 5
    assert read - {name for fields in EXTRA.values() for name in fields} == set()
