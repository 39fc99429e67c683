"""What two people have signed: one proposed it, another agreed to exactly this."""

from __future__ import annotations

from collections.abc import Sequence

from exchange import canonical
from exchange.errors import Forbidden
from zhida import operators
from zhida.operators import Statement
from zhida.site import Site


def decided(site: Site, tokens: Sequence[str]) -> tuple[Statement, Statement]:
    """The two statements. ``Forbidden`` unless both are genuine, of different people, about one thing."""
    first, second = (operators.verify(site, token) for token in tokens)
    target = canonical.dumps(dict(first.target)).decode()
    about = {"proposal": first.nonce, "action": first.action, "target": target}
    if (second.action, dict(second.target)) != ("approve", about):
        raise Forbidden("operator.forged", operator=second.operator)
    if first.operator == second.operator:
        raise Forbidden("proposal.same-person", proposal=first.nonce, operator=first.operator)
    return first, second
