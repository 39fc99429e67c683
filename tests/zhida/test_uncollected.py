"""The search for circles rests, and is what it was afterwards, whatever happens in between."""

from __future__ import annotations

import gc

import pytest

from zhida.uncollected import uncollected


def test_it_rests_and_is_put_back() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError), uncollected():
        raise ValueError
    assert gc.isenabled()
