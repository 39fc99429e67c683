"""The reference page of the figures, out of the table that names them."""

from __future__ import annotations

from zhida import metric
from zhida.reference_tables import table

_INTRO = (
    (
        "`zhida metrics` 给出的数字；Airflow 的 StatsD、OpenTelemetry 里叫 `zhida.‹名称›`（去掉 `zhida_`）。都是当时的值（gauge）。"
        "标签只有单位、系统、主题、同步、状态，没有个人，也没有办件编号。怎么接：[监控](../how-to/metrics.md)。"
    ),
    "What `zhida metrics` tells; `zhida.‹name›` in Airflow's StatsD and OpenTelemetry. All are gauges.",
)


def parts() -> list[str]:
    """One row a metric."""
    headings = ["名称", "单位", "标签", "意思", "怎么办"]
    rows = [
        [
            f"`{each.name}`",
            each.unit,
            " ".join(f"`{label}`" for label in each.labels),
            f"{each.zh}<br>{each.en}",
            f"{each.do_zh}<br>{each.do_en}",
        ]
        for each in metric.catalogue().values()
    ]
    return [*_INTRO, table(headings, rows)]
