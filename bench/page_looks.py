"""How long the server takes for each page of staff, and how many queries; `python -m bench.page_looks PAGES`.

Run by bench/pages.py in a process of its own, under the staff's role. PAGES is JSON: the name of each page and its
address. The last line is JSON as well: by page the milliseconds of each look, and the queries of the last.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

LOOKS = 40
WHO = "bench-pages"


def main(pages: dict[str, str]) -> int:
    import django  # noqa: PLC0415 - the environment is the caller's

    django.setup()
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after django.setup
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username=WHO))
    found: dict[str, dict[str, Any]] = {}
    for page, address in pages.items():
        looks: list[float] = []
        # The first look compiles templates and plans queries.
        for number in range(LOOKS + 1):
            started = time.perf_counter()
            answer = client.get(address)
            took = (time.perf_counter() - started) * 1000
            if answer.status_code != 200:
                print(f"{page}: {answer.status_code} {address}", file=sys.stderr)
                return 1
            if number:
                looks.append(took)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        statements = [each["sql"] for each in captured.captured_queries]
        slowest = max(captured.captured_queries, key=lambda each: float(each["time"]))
        found[page] = {
            "ms": looks,
            "queries": len([each for each in statements if each not in ("BEGIN", "COMMIT")]),
            "slowest": [float(slowest["time"]) * 1000, slowest["sql"][:300]],
        }
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    raise SystemExit(main(json.loads(sys.argv[1])))
