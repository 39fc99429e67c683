"""The head of a dataset: what it says, and what is none."""

import pytest

from exchange import dataset, document
from exchange.dataset import Form
from exchange.errors import Invalid, Rejected


def test_the_head_says_what_the_rows_are(hub):
    made = hub.write(hub.firms(10))
    found = hub.datasets.get(made.id)
    assert (found.form, found.count, found.root) == (hub.form, 10, made.root)
    assert found.document.origin.custody == "hub"
    assert found.document.origin.mapping_digest == "ab" * 32


@pytest.mark.parametrize(
    "change",
    [{"root": "ab"}, {"root": 1}, {"count": "1"}, {"count": True}, {"count": -1}, {"key": "uscc"}, {"schema": 1},
     {"root": "AB" * 32}, {"key": ["uscc", 1]}, {"key": [["uscc"]]}, {"about": "x"}, {"more": "x"}],
)  # fmt: skip
def test_another_document_is_no_head(hub, change):
    record = dict(dataset.head_record(hub.form, 1, bytes(32))) | change
    token = document.issue(record, hub.origin, hub.pair.key, now=hub.now)
    with pytest.raises(Rejected, match="not-a-head"):
        dataset.read_head(document.read(token, hub.pair.key.public))


@pytest.mark.parametrize("hidden", ["/key/0", "/key/1", "/about/holder"])
def test_a_head_that_hides_a_field_is_none(hub, hidden):
    """By ``/key/0`` alone the rows would be said to be sorted by less than they are."""
    form = Form("x", ("uscc", "policy"), {"holder": "tax"})
    token = document.issue(
        dataset.head_record(form, 1, bytes(32)), hub.origin, hub.pair.key, now=hub.now
    )
    whole = document.read(token, hub.pair.key.public)
    assert dataset.read_head(whole).form == form
    shown = document.disclose(whole, set(whole.fields) - {hidden})
    with pytest.raises(Rejected, match="not-a-head"):
        dataset.read_head(document.read(shown, hub.pair.key.public))


def test_the_key_is_text(hub):
    with pytest.raises(Invalid, match=r"dataset\.key"):
        Form("x", ("uscc", "policy")).key_of({"uscc": "91", "policy": 3})


def test_the_digest_is_of_the_heads_suite(hub):
    made = hub.write(hub.firms(1))
    other = {"SM2-SM3": "sm3", "Ed25519": "sha256"}[hub.pair.key.suite]
    import hashlib

    assert made.digest(b"abc") == hashlib.new(other, b"abc").digest()


def test_no_token_has_no_digest():
    with pytest.raises(Rejected, match="not-authentic"):
        dataset.digest_of("a.b.c~")
