from __future__ import annotations

from hypothesis import settings

# Other things run on the same machine: nothing is judged by the clock.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
