"""dlt at the same work, in its own environment: at each line that comes, what is new goes over once.

``python worker.py URL FOLDER``; told is how long it took. It is given what it does best: Arrow tables, COPY of
CSV, its merge by primary key (``upsert``), the cursor as its incremental.
"""

from __future__ import annotations

import json
import os
import sys
import time

_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "DLT_DISABLE_TELEMETRY": "true",
}


def main(url: str, folder: str) -> None:
    """Until there are no more lines."""
    os.environ |= {**_SETTINGS, "DLT_DATA_DIR": folder, "DLT_PROJECT_DIR": folder}
    import dlt
    from dlt.sources.sql_database import sql_table

    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.postgres(url),
        dataset_name="by_dlt",
        pipelines_dir=folder,
    )
    print("ready", flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        table = sql_table(
            credentials=url,
            table="firm",
            schema="public",
            backend="pyarrow",
            reflection_level="full_with_precision",
            incremental=dlt.sources.incremental("changed_at"),
            primary_key="code",
            write_disposition={"disposition": "merge", "strategy": "upsert"},
        )
        pipeline.run(table, loader_file_format="csv").raise_on_failed_jobs()
        rows = pipeline.last_trace.last_normalize_info.row_counts["firm"]
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps({"rows": rows, **spent}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
