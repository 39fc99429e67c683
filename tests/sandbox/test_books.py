"""The books: one row per effect, and the wire's bytes as they were."""

from pathlib import Path

import pytest

from sandbox.books import Books, read_effects, read_wire

SCHEMA = "CREATE TABLE IF NOT EXISTS acts (id INTEGER PRIMARY KEY, key TEXT NOT NULL);"


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "books.sqlite", SCHEMA, effects="acts")


def test_the_same_effect_twice_is_two_rows(books: Books) -> None:
    books.insert("acts", {"key": "k"})
    books.insert("acts", {"key": "k"})
    assert [row["key"] for row in books.effects()] == ["k", "k"]
    books.close()


def test_a_failed_transaction_leaves_nothing(books: Books) -> None:
    with pytest.raises(RuntimeError), books.transaction() as db:
        db.execute("INSERT INTO acts (key) VALUES ('half')")
        raise RuntimeError
    assert books.effects() == []
    books.close()


def test_captured_bytes_are_the_bytes(books: Books, tmp_path: Path) -> None:
    body = b"\x0bMSH|\xc0\xee\x00\x1c\r"
    books.capture("in", body, peer="127.0.0.1:1", operation="ADT")
    books.close()
    (row,) = read_wire(tmp_path / "books.sqlite")
    assert (row["direction"], row["operation"], row["body"]) == ("in", "ADT", body)


def test_books_survive_their_process(books: Books, tmp_path: Path) -> None:
    books.insert("acts", {"key": "k"})
    books.close()
    again = Books(tmp_path / "books.sqlite", SCHEMA, effects="acts")
    assert len(again.effects()) == 1
    again.close()


def test_books_that_do_not_exist_hold_nothing(tmp_path: Path) -> None:
    assert read_effects(tmp_path / "none.sqlite", "acts") == []
    assert not (tmp_path / "none.sqlite").exists()
