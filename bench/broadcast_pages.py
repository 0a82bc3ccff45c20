"""How long staff wait for the pages about broadcasts; `python -m bench.broadcast_pages BROADCAST_ID`.

Run by bench/broadcast.py in a process of its own, under the staff's role. The last line is JSON: milliseconds of
each look by page; an empty object where there are no such pages.
"""

from __future__ import annotations

import json
import os
import sys
import time

LOOKS = 20


def main(broadcast_id: str) -> int:
    import django  # noqa: PLC0415 - the environment is the caller's

    django.setup()
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after django.setup
    from django.test import Client  # noqa: PLC0415
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415

    name = "broadcast-bench"
    model = get_user_model()
    user = model.objects.filter(username=name).first() or model.objects.create_superuser(name)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    try:
        pages = {
            "the list": reverse("admin:broadcast_broadcast_changelist"),
            "the broadcast's page": reverse("admin:broadcast_broadcast_change", args=[broadcast_id]),
        }
    except NoReverseMatch:
        print(json.dumps({}))
        return 0
    found: dict[str, list[float]] = {}
    for page, address in pages.items():
        # The first look compiles templates.
        for number in range(LOOKS + 1):
            started = time.perf_counter()
            answer = client.get(address)
            took = (time.perf_counter() - started) * 1000
            if answer.status_code != 200:
                print(f"{page}: {answer.status_code}", file=sys.stderr)
                return 1
            if number:
                found.setdefault(page, []).append(took)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    raise SystemExit(main(sys.argv[1]))
