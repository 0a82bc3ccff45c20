from __future__ import annotations

from core import metrics
from core.clock import clock
from runtime.dispatch.act import Act, Handler
from runtime.model_time import measured_model_time


async def measure_act(act: Act, handle: Handler) -> None:
    """Count the turn and how long our part of it took, the model's time taken out."""
    with measured_model_time() as waited:
        try:
            await handle(act)
        finally:
            ours = max(0.0, clock.monotonic() - act.started - waited.seconds)
            metrics.turn_seconds.labels(act.desk.settings.slug).observe(ours)
            act.desk.vitals.count("turns", ours)
