import jsonschema_rs
import pytest

from connectors.reading_options import FAULTS, LEAVES, STATUSES, reading
from exchange.errors import Fatal, Rejected, Retriable, Unknown


def test_nothing_said_is_the_default_reading():
    assert (reading({}).statuses, reading({}).faults, reading({}).reads) == ({}, {}, frozenset())


def test_what_a_site_says_of_statuses_faults_and_reads():
    told = reading(
        {
            "statuses": {"503": "unknown", "404": "fatal"},
            "faults": {"Busy": "retriable", "Server": "rejected"},
            "reads": ["query"],
        }
    )
    assert told.statuses == {503: Unknown, 404: Fatal}
    assert told.faults == {"Busy": Retriable, "Server": Rejected}
    assert told.reads == {"query"}


@pytest.mark.parametrize(
    "said", [{"99": "fatal"}, {"600": "fatal"}, {"404": "no"}, {"Not Found": "rejected"}]
)
def test_the_schema_refuses_what_would_not_be_understood(said):
    assert not jsonschema_rs.validator_for(STATUSES).is_valid(said)
    assert jsonschema_rs.validator_for(STATUSES).is_valid({"404": "rejected"})


def test_a_fault_of_the_server_is_unknown_unless_the_site_says_otherwise():
    assert {LEAVES[leaf] for leaf in FAULTS["default"].values()} == {Unknown}
