from __future__ import annotations

from core import metrics
from core.clock import clock
from runtime.dispatch.act import Act, Handler
from runtime.dispatch.places import NoPlace
from runtime.model_time import measured_model_time


async def measure_act(act: Act, handle: Handler) -> None:
    """Count the turn and how long our part of it took, the model's time taken out."""
    counts = True
    with measured_model_time() as waited:
        try:
            await handle(act)
        except NoPlace:
            # It comes again, and is counted then.
            counts = False
            raise
        finally:
            if counts:
                ours = max(0.0, clock.monotonic() - act.started - waited.seconds)
                metrics.turn_seconds.labels(act.desk.settings.slug).observe(ours)
                act.desk.vitals.count("turns", ours)
