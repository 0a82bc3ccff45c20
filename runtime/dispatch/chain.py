"""The chain that every act walks: log, measure, guard, throttle, recognise, check block, consent; its handler."""

from __future__ import annotations

from runtime.dispatch.act import Act, Handler, Middleware
from runtime.dispatch.middleware.block import check_block
from runtime.dispatch.middleware.consent import check_consent
from runtime.dispatch.middleware.guard import guard_act
from runtime.dispatch.middleware.log import log_act
from runtime.dispatch.middleware.measure import measure_act
from runtime.dispatch.middleware.recognise import recognise_act
from runtime.dispatch.middleware.throttle import throttle_act
from runtime.dispatch.router import route_of

CHAIN: tuple[Middleware, ...] = (
    log_act,
    measure_act,
    guard_act,
    throttle_act,
    recognise_act,
    check_block,
    check_consent,
)


async def _handle(act: Act) -> None:
    await route_of(act).handler(act)


def _link(inner: Handler, middleware: Middleware) -> Handler:
    async def linked(act: Act) -> None:
        await middleware(act, inner)

    return linked


def _linked() -> Handler:
    walk: Handler = _handle
    for middleware in reversed(CHAIN):
        walk = _link(walk, middleware)
    return walk


walk: Handler = _linked()
