"""What can be done at the insurance platform, and under which number each is asked for.

None but ``1101`` is published: enrolling and assessing are internal to the insurance centres (dossier
C6), so ``9101`` to ``9107`` are this project's own and are to be replaced by what the centre gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from exchange.ports import Operation

PERSON = "1101"
ENROLMENTS = "9104"
SETTLEMENT, SETTLEMENTS = "9106", "9107"

ENROL = Operation(
    "enrol",
    "城乡居民参保登记",
    needs={"citizen": "citizen-id", "declaration": "birth-declaration"},
    gives="insurance-enrolment",
    identity=("citizen/citizen_id",),
    idempotence="probe",
)
AMEND = replace(ENROL, name="amend_enrolment", title="参保信息变更", amends="enrol")
REVOKE = replace(
    ENROL,
    name="revoke_enrolment",
    title="参保登记撤销",
    needs={"citizen": "citizen-id"},
    gives="",
    revokes="enrol",
    idempotence="none",
)
SETTLE_BIRTH = Operation(
    "settle_birth",
    "生育医疗费用待遇核定",
    needs={"birth": "birth-record", "declaration": "birth-declaration"},
    gives="birth-expense-settlement",
    identity=("birth/certificate/number",),
    idempotence="probe",
    irreversible=True,
)
KNOWN: Mapping[str, tuple[Operation, str]] = {
    "enrol": (ENROL, "9101"),
    "amend_enrolment": (AMEND, "9102"),
    "revoke_enrolment": (REVOKE, "9103"),
    "settle_birth": (SETTLE_BIRTH, "9105"),
}
"""Operation → what the core knows of it, and the number of its interface."""
