from __future__ import annotations

from uuid import UUID

from profiles.knowledge import Knowledge, locked_person


def drop_finding(*, bot_id: UUID, profile_id: UUID, finding_id: UUID) -> bool:
    """The person strikes a line out: nothing of it stays but a digest, by which it is not found again.

    False where the line is not theirs or holds no longer.
    """
    person = locked_person(bot_id=bot_id, profile_id=profile_id)
    if person is None:
        return False
    knowledge = Knowledge(person)
    row = knowledge.holding(finding_id)
    if row is None:
        return False
    knowledge.strike_out(row)
    knowledge.write()
    return True
