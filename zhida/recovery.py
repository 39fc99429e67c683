"""What did not answer is asked again, once its pause is over; what answers slowly is worked with here.

All of it side by side, for each may take its whole time-out, and beside the sweeps, so that nothing
else waits for it: one call to each silent system, one look at each silent source, a whole turn for
each item of a slow system. The first answer closes a circuit, a quick one ends the slowness, and the
sweeps take the backlog from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from matters.matter import Item, Matter
from zhida import alerts, intake, revocation_look, sweep, trusted_lists
from zhida.hub import Hub
from zhida.watch import AnySource, Watch


def ask_again(hub: Hub) -> Counter[str]:
    """How many of those asked are ``answering`` now, and how many ``silent``; people are told."""
    watch = Watch(hub.site, hub.store, hub.clock)
    questions: list[Callable[[], bool]] = []
    questions += [partial(_item, hub, *leg, most=1) for leg in watch.silent_items()]
    questions += [partial(_item, hub, *leg, most=None) for leg in watch.slow_items()]
    questions += [partial(_source, hub, *source) for source in watch.silent_sources()]
    if trusted_lists.is_due(hub.site.revocation, hub.store, hub.clock()):
        questions.append(partial(_lists, hub))
    with ThreadPoolExecutor(max(1, len(questions))) as pool:
        answers = list(pool.map(lambda ask: ask(), questions))
    alerts.tell(hub)
    return Counter("answering" if answer else "silent" for answer in answers)


def _lists(hub: Hub) -> bool:
    """The authorities' lists of revoked certificates."""
    return all(each.error is None for each in revocation_look.look(hub))


def _item(hub: Hub, matter: Matter, item: Item, *, most: int | None) -> bool:
    return sweep.sweep_item(hub, matter, item, most=most).sick is None


def _source(hub: Hub, matter: Matter, opening: AnySource) -> bool:
    return intake.look_alone(hub, matter, opening).error is None
