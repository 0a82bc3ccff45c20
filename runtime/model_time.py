"""How long a walk waited for the model, so that our own part of it can be told apart. Questions may overlap."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.clock import clock


class ModelTime:
    """Seconds in which at least one question was with the model."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._asking = 0
        self._since = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A question is with the model."""
        if not self._asking:
            self._since = clock.monotonic()
        self._asking += 1
        try:
            yield
        finally:
            self._asking -= 1
            if not self._asking:
                self.seconds += clock.monotonic() - self._since


_current: ContextVar[ModelTime | None] = ContextVar("model_time", default=None)


@contextmanager
def measured_model_time() -> Iterator[ModelTime]:
    """Measure the questions that are asked inside, also from tasks that begin there."""
    token = _current.set(ModelTime())
    try:
        yield current_model_time()
    finally:
        _current.reset(token)


def current_model_time() -> ModelTime:
    """The measurement of this walk; one that nobody reads outside of any."""
    return _current.get() or ModelTime()
