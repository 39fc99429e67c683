"""What Airflow's provider registry learns about us (entry point ``apache_airflow_provider``)."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Name and description; Airflow calls this at every start, so it imports nothing."""
    return {
        "package-name": "zhida",
        "name": "Zhida 直达",
        "description": "An interoperability hub for Chinese district governments.",
    }
