"""A refusal's facts in words; whole refusals are tried in ``test_acceptance_answers``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sandbox import site_layers
from tests.zhida.test_acceptance_site import laid
from zhida import acceptance_refusals, site


def test_units_have_titles_and_strangers_keep_their_names(tmp_path: Path) -> None:
    district = laid(tmp_path, site_layers.acceptance_alone)
    found = site.load(Path(district.env["ZHIDA_SITE"]))
    told = acceptance_refusals.unit_told(found, {"unit": "fire-review", "role": "x"})
    assert told == {"unit": found.units["fire-review"].title, "role": "x"}
    assert told["unit"] != "fire-review"
    assert acceptance_refusals.unit_told(found, {"unit": "nobody"}) == {"unit": "nobody"}
    assert acceptance_refusals.unit_told(replace(found, units={}), {"a": 1}) == {"a": 1}
