"""Migration operations that have the database write down what changes in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import migrations

from core.roles import ROLES
from core.tenancy import VISIBLE_BOTS

_FUNCTION = """
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hidden text[] := TG_ARGV[0]::text[];
    ignored text[] := TG_ARGV[1]::text[];
    -- A trigger knows its partition only.
    subject text := TG_ARGV[2];
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    now_is jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    row_now jsonb := COALESCE(now_is, was);
    before jsonb;
    after jsonb;
BEGIN
    SELECT
        jsonb_object_agg(each.key, CASE WHEN each.key = ANY (hidden) OR '*' = ANY (hidden) THEN
            CASE WHEN was -> each.key IN ('null', '""') THEN was -> each.key ELSE '"…"' END
            ELSE was -> each.key END) FILTER (WHERE was IS NOT NULL),
        jsonb_object_agg(each.key, CASE WHEN each.key = ANY (hidden) OR '*' = ANY (hidden) THEN
            CASE WHEN now_is -> each.key IN ('null', '""') THEN now_is -> each.key ELSE '"…"' END
            ELSE now_is -> each.key END) FILTER (WHERE now_is IS NOT NULL)
    INTO before, after
    FROM jsonb_object_keys(row_now) AS each (key)
    WHERE each.key <> ALL (ignored)
        AND (was IS NULL OR now_is IS NULL OR was -> each.key IS DISTINCT FROM now_is -> each.key);
    IF TG_OP = 'UPDATE' AND after IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_entries (at, actor_id, role, address, action, subject, row_id, bot_id, before, after)
    VALUES (
        clock_timestamp(), NULLIF(current_setting('app.actor', true), '')::integer, current_user,
        COALESCE(current_setting('app.address', true), ''), lower(TG_OP), subject,
        COALESCE(row_now ->> 'id', row_now ->> 'broadcast_id', ''),
        CASE WHEN subject = 'bots' THEN row_now ->> 'id' ELSE row_now ->> 'bot_id' END::uuid, before, after
    );
    RETURN NULL;
END
$$
"""

_EVENT_FUNCTION = """
CREATE FUNCTION audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_entries (at, actor_id, role, address, action, subject, row_id, bot_id, after)
    VALUES (
        NEW.created_at, NULLIF(current_setting('app.actor', true), '')::integer, current_user,
        COALESCE(current_setting('app.address', true), ''), TG_ARGV[0], NEW.kind,
        COALESCE(NEW.profile_id::text, ''), NEW.bot_id, NEW.payload
    );
    RETURN NULL;
END
$$
"""


# Looked at before anything is called: what the product does with people all day long costs next to nothing.
_ACTED = "WHEN (NULLIF(current_setting('app.actor', true), '') IS NOT NULL) "
_ACTED_OR_STAFF = (
    f"WHEN (current_user = '{ROLES['staff']}' OR NULLIF(current_setting('app.actor', true), '') IS NOT NULL) "
)


def _trigger(table: str, hidden: Sequence[str], ignored: Sequence[str], when: str) -> str:
    arguments = f"'{{{','.join(hidden)}}}', '{{{','.join(ignored)}}}', '{table}'"
    return (
        f'CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW {when}EXECUTE FUNCTION audit_change({arguments})"
    )


class CreateAudit(migrations.RunSQL):
    """The function that writes an entry, and who may read and add entries; nobody may change or remove one."""

    def __init__(self) -> None:
        super().__init__(
            [
                "ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY",
                (
                    "CREATE POLICY readable ON audit_entries FOR SELECT "
                    f"USING (bot_id IS NULL OR bot_id = ANY ({VISIBLE_BOTS}))"
                ),
                "CREATE POLICY writable ON audit_entries FOR INSERT WITH CHECK (true)",
                "GRANT SELECT, INSERT ON audit_entries TO app_staff",
                "GRANT SELECT, INSERT ON audit_entries TO bot_runtime",
                "GRANT USAGE ON SEQUENCE audit_entries_id_seq TO app_staff, bot_runtime",
                _FUNCTION,
                _EVENT_FUNCTION,
            ],
            [
                "DROP FUNCTION audit_event()",
                "DROP FUNCTION audit_change()",
                "REVOKE ALL ON SEQUENCE audit_entries_id_seq FROM app_staff, bot_runtime",
                "REVOKE ALL ON audit_entries FROM app_staff, bot_runtime",
                "DROP POLICY writable ON audit_entries",
                "DROP POLICY readable ON audit_entries",
                "ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE audit_entries DISABLE ROW LEVEL SECURITY",
            ],
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [], {}


class Watch(migrations.RunSQL):
    """Write down each change of a table's rows.

    `hidden` columns are named without their values ("*": all of them); a change of `ignored` ones alone is none.
    `only_staff`: what the product does by itself is not written down.
    """

    def __init__(
        self,
        table: str,
        *,
        hidden: Sequence[str] = (),
        ignored: Sequence[str] = (),
        only_staff: bool = False,
    ) -> None:
        self.table, self.hidden, self.ignored, self.only_staff = table, hidden, ignored, only_staff
        when = _ACTED if only_staff else ""
        super().__init__(_trigger(table, hidden, ignored, when), f'DROP TRIGGER audit ON "{table}"')

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (
            type(self).__name__,
            [self.table],
            {"hidden": self.hidden, "ignored": self.ignored, "only_staff": self.only_staff},
        )


class WatchRole(migrations.RunSQL):
    """Of a table where only what staff do is written down: whatever is done under their role, also past the pages."""

    def __init__(self, table: str, *, hidden: Sequence[str] = (), ignored: Sequence[str] = ()) -> None:
        self.table, self.hidden, self.ignored = table, hidden, ignored
        drop = f'DROP TRIGGER audit ON "{table}"'
        super().__init__(
            [drop, _trigger(table, hidden, ignored, _ACTED_OR_STAFF)],
            [drop, _trigger(table, hidden, ignored, _ACTED)],
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.table], {"hidden": self.hidden, "ignored": self.ignored}


class WatchEvents(migrations.RunSQL):
    """Write down events of these kinds: what was read, exported or erased is no change of a row that stays.

    `name` tells those of a later migration from earlier ones of the same action.
    """

    def __init__(self, action: str, kinds: Sequence[str], *, name: str = "") -> None:
        self.action, self.kinds, self.name = action, kinds, name
        trigger = f"audit_{name or action}"
        named = ", ".join(f"'{kind}'" for kind in kinds)
        super().__init__(
            f"CREATE TRIGGER {trigger} AFTER INSERT ON events FOR EACH ROW "
            f"WHEN (NEW.kind IN ({named})) EXECUTE FUNCTION audit_event('{action}')",
            f"DROP TRIGGER {trigger} ON events",
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.action, self.kinds], {"name": self.name} if self.name else {}
