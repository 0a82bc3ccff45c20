"""The foreign key between tenant tables."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor, ReverseManyToOneDescriptor
from django.db.models.lookups import Exact
from django.utils.functional import cached_property


class _TenantReverse(ReverseManyToOneDescriptor):  # type: ignore[type-arg]
    @cached_property
    def related_manager_cls(self) -> Any:
        base: Any = super().related_manager_cls

        class Manager(base):  # type: ignore[misc]
            def __init__(self, instance: Any) -> None:
                super().__init__(instance)
                self.core_filters["bot_id"] = instance.bot_id

            def get_prefetch_querysets(self, instances: Any, querysets: Any = None) -> Any:
                bots = {instance.bot_id for instance in instances}
                found = querysets or [super(base, self).get_queryset()]
                named = [each if each.query.is_sliced else each.filter(bot_id__in=bots) for each in found]
                return super().get_prefetch_querysets(instances, named)

        return Manager


class _TenantForward(ForwardManyToOneDescriptor):  # type: ignore[type-arg]
    def get_prefetch_querysets(self, instances: Any, querysets: Any = None) -> Any:
        found = querysets[0] if querysets else self.get_queryset()  # type: ignore[call-arg]
        if not found.query.is_sliced:
            found = found.filter(bot_id__in={instance.bot_id for instance in instances})
        return super().get_prefetch_querysets(instances, [found])


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key between tenant tables: joins and look-ups also compare `bot_id`, which prunes partitions.

    The constraint itself, `(bot_id, x_id) -> (bot_id, id)`, and its cascade are the migration's
    (`core.operations.TenantForeignKey`). Declare an index that begins with `(bot, x)`.
    """

    forward_related_accessor_class = _TenantForward
    related_accessor_class = _TenantReverse

    def __init__(self, to: Any, on_delete: Any = models.DO_NOTHING, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, Any]:
        return {"bot_id": instance.bot_id}

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        remote: Any = self.related_model._meta.get_field("bot")
        local: Any = self.model._meta.get_field("bot")
        return Exact(remote.get_col(alias), local.get_col(related_alias))
