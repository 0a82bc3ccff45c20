"""Broadcasts as staff see and write them."""

from broadcast.admin.broadcasts import BroadcastAdmin

__all__ = ["BroadcastAdmin"]
