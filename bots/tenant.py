"""The base of every model whose rows belong to one bot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from django.db import DatabaseError, models, router

from core.fields import TenantForeignKey
from core.ids import new_id

__all__ = ["Erasure", "PersonalData", "TenantForeignKey", "TenantModel", "TenantQuerySet"]

M = TypeVar("M", bound=models.Model)


class Erasure(StrEnum):
    """What happens to a row when the person that it speaks of is erased."""

    NOT_PERSONAL = "not personal"  # says nothing of any person
    CASCADES = "cascades"  # goes with the profile, by foreign keys that cascade in the database
    BY_CHAT = "by chat"  # named by Telegram's ids instead of the profile; an eraser of its room removes it


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How a table takes part in erasing and exporting a person; declared by every tenant model."""

    erasure: Erasure
    # Lookup from a row to the profile's id, for the export; None where the row does not name it.
    profile: str | None = None
    # The fields that the person gets to see.
    exported: tuple[str, ...] = field(default=())
    # Lookups from a row to the person's id in Telegram, for the export of what does not name the profile.
    telegram: tuple[str, ...] = field(default=())


class TenantQuerySet(models.QuerySet[M]):
    """Queries that name their bot: the policy is the net, not the filter, and only a filter prunes partitions."""

    def for_bot(self, bot_id: Any) -> Self:
        return self.filter(bot_id=bot_id)


class TenantModel(models.Model):
    """A row that belongs to one bot, addressed by `(bot_id, id)`, never by `id` alone."""

    personal_data: ClassVar[PersonalData]
    is_partitioned: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bot = models.ForeignKey(
        "bots.Bot", models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )

    class Meta:
        abstract = True

    def _do_update(self, base_qs: models.QuerySet[Self], *args: Any, **kwargs: Any) -> bool:  # type: ignore[override]
        is_updated = super()._do_update(base_qs.filter(bot_id=self.bot_id), *args, **kwargs)
        if not is_updated and not self._state.adding:
            # Django would insert it anew: an erased person would be back, a row would be copied to another bot.
            message = f"this {self._meta.verbose_name} is gone, or belongs to another bot"
            raise DatabaseError(message)
        return is_updated  # type: ignore[return-value]

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        queryset = (
            type(self)._base_manager.db_manager(using).all() if from_queryset is None else from_queryset
        )
        super().refresh_from_db(using, fields, queryset.filter(bot_id=self.bot_id))

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:  # noqa: ARG002
        """Delete this row; rows that refer to it follow by the database's own cascades."""
        alias = using or router.db_for_write(type(self), instance=self)
        row = type(self)._base_manager.using(alias).filter(bot_id=self.bot_id, pk=self.pk)
        count = row._raw_delete(alias)
        return count, {self._meta.label: count}
