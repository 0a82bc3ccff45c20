from django.db import migrations

from core.tenancy import VISIBLE_BOTS

# As the index of these words has them.
_MONTH = "(extract(epoch FROM messages.created_at - '1970-01-01 00:00+00'::timestamptz) / 2592000)::integer"
_WORDS = "to_tsvector('russian', left(messages.text, 20000))"


def _people(of: str, limit: str) -> str:
    """Who said it, and how often, in so many messages at most; they are given back as they come."""
    return f"""
        FOR bot_id, profile_id, said_at, taken IN
            SELECT talk.bot_id, talk.profile_id, max(hit.created_at), count(*)
            FROM (
                SELECT messages.conversation_id, messages.created_at
                FROM messages
                WHERE messages.bot_id = bot AND messages.role = 'user' AND {_WORDS} @@ asked{of}
                LIMIT {limit}
            ) AS hit
            CROSS JOIN LATERAL (
                SELECT conversations.bot_id, conversations.profile_id FROM conversations
                WHERE conversations.bot_id = bot AND conversations.id = hit.conversation_id LIMIT 1
            ) AS talk
            GROUP BY talk.bot_id, talk.profile_id
        LOOP
            hits := hits + taken;
            people := people + 1;
            RETURN NEXT;
        END LOOP;"""  # noqa: S608 - constants


def _months(first: str, last: str) -> str:
    """Month after month backwards, until enough people were found."""
    return f"""
        FOR month IN REVERSE {first} .. {last} LOOP
            EXIT WHEN people > share;
            {_people(f" AND {_MONTH} = month", "4 * share")}
        END LOOP;"""


# To find out how common a word is costs as much as it is common: all places where it stands are put together first. So
# the latest months are asked before that. What everybody says has enough people there and is asked no further; what
# is rare is soon known to be. Who says it says it often: of four messages one is somebody new.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION search_words(bots uuid[], words text, most integer)
RETURNS TABLE (bot_id uuid, profile_id uuid, said_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked tsquery := regexp_replace(plainto_tsquery('russian', words)::text, '<(-|[0-9]+)>', '&', 'g')::tsquery;
    share integer := greatest(100, most / greatest(1, cardinality(bots)));
    this_month integer := (extract(epoch FROM now()) / 2592000)::integer;
    bot uuid;
    hits integer;
    people integer;
    taken integer;
BEGIN
    IF numnode(asked) = 0 THEN
        RETURN;
    END IF;
    FOREACH bot IN ARRAY bots LOOP
        CONTINUE WHEN (bot = ANY ({VISIBLE_BOTS})) IS NOT TRUE;
        hits := 0;
        people := 0;
        {_months("this_month + 1", "this_month - 2")}
        IF hits <= share THEN
            SELECT count(*) INTO taken FROM (
                SELECT FROM messages
                WHERE messages.bot_id = bot AND messages.role = 'user' AND {_WORDS} @@ asked
                LIMIT share + 1
            ) AS few;
            IF taken <= share THEN
                {_people("", "share")}
                CONTINUE;
            END IF;
        END IF;
        {_months("this_month - 3", "this_month - 36")}
        -- A row of nobody tells that not all of this bot's people may be among them.
        bot_id := bot;
        profile_id := NULL;
        said_at := NULL;
        RETURN NEXT;
    END LOOP;
END
$$
"""  # noqa: S608 - constants


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0004_search_words"),
    ]

    # Backwards it may stay: it gives what the one before gave.
    operations = [migrations.RunSQL(_FUNCTION, migrations.RunSQL.noop)]
