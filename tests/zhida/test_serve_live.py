"""What changes on disk is taken up at the next use, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Fatal
from zhida.serve_live import Live, stamp


def test_a_change_is_taken_up_and_a_mistake_leaves_what_was_good(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, made = tmp_path / "told", list[str]()
    file.write_text("one")

    def make() -> str:
        text = file.read_text()
        made.append(text)
        if text == "broken":
            raise Fatal("wire.tls-file", file="told", reason="")
        return text

    live = Live(make, lambda: [file])
    assert [live(), live()] == ["one", "one"]
    assert made == ["one"]
    file.write_text("other")
    assert live() == "other"
    file.write_text("broken")
    assert [live(), live()] == ["other", "other"]
    assert made == ["one", "other", "broken"]  # not tried again until it changes
    assert "wire.tls-file" in caplog.text
    file.write_text("mended")
    assert live() == "mended"


def test_a_mistake_at_the_start_is_told_at_once(tmp_path: Path) -> None:
    def make() -> str:
        raise Fatal("wire.tls-file", file="told", reason="")

    with pytest.raises(Fatal, match=r"wire\.tls-file"):
        Live(make, list)


def test_a_file_that_comes_or_goes_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "told"
    gone = stamp([file])
    file.write_text("")
    assert gone != stamp([file])
    file.unlink()
    assert gone == stamp([file])
