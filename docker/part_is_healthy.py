"""A container's health check of an Airflow part: ``python part_is_healthy.py [scheduler]``; exit code 0 if well.

Asks the API server's public page. ``airflow jobs check`` would do, and takes seconds of CPU each time.
"""

import json
import os
import sys
from urllib.request import urlopen

base = os.environ.get("AIRFLOW__API__BASE_URL", "http://localhost:8080").rstrip("/")
with urlopen(f"{base}/api/v2/monitor/health", timeout=10) as page:  # noqa: S310 - our own address
    told = json.load(page)
parts = sys.argv[1:] or ["metadatabase"]
sick = [name for name in parts if (told.get(name) or {}).get("status") != "healthy"]
sys.exit(f"unhealthy: {', '.join(sick)}" if sick else 0)
