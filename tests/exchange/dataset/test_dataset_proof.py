"""The file of a proof: one form for each row, and read back as it was made."""

from exchange import canonical, dataset_ledger, dataset_proof
from exchange.datasets import require


def test_what_was_made_is_read(hub):
    made = hub.write(hub.firms(9))
    place = require(hub.datasets.find(made, ("FIRM000005",)), made.id)
    data = hub.prove(made, place)
    found = dataset_proof.read(data)
    assert (found.head, found.salted, found.index) == (made.document.token, place.salted, 5)
    assert found.path == place.path
    assert (
        found.ledger.told() == dataset_ledger.place_of(hub.store, made, hub.pair.key.suite).told()
    )
    assert [each.der for each in found.certificates] == [hub.pair.leaf.der]
    assert canonical.dumps(canonical.loads(data)) == data
