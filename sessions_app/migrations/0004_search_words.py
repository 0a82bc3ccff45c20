from django.db import migrations

from core.tenancy import VISIBLE_BOTS

# Months of 30 days since 1970, by which words that very many say are looked for lately said first. An index takes only
# what no time zone changes.
_MONTH = "(extract(epoch FROM messages.created_at - '1970-01-01 00:00+00'::timestamptz) / 2592000)::integer"
# An index takes no text beyond a megabyte of words, and nobody says as much.
_WORDS = "to_tsvector('russian', left(messages.text, 20000))"

# Under the tenants' policies no index on words is used: their operators are not leakproof. So a function looks with its
# owner's eyes, and asks itself which bots the scope sees. What few said is all taken; what many said month after month,
# until enough of them were found: so a word that everybody says costs little more than a rare one. Phrases are taken
# for their words: to make sure of a phrase each row would have to be read.
_FUNCTION = f"""
CREATE FUNCTION search_words(bots uuid[], words text, most integer)
RETURNS TABLE (bot_id uuid, profile_id uuid, said_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked tsquery := regexp_replace(plainto_tsquery('russian', words)::text, '<(-|[0-9]+)>', '&', 'g')::tsquery;
    share integer := greatest(100, most / greatest(1, cardinality(bots)));
    this_month integer := (extract(epoch FROM now()) / 2592000)::integer;
    bot uuid;
    missing integer;
    taken integer;
BEGIN
    IF numnode(asked) = 0 THEN
        RETURN;
    END IF;
    FOREACH bot IN ARRAY bots LOOP
        CONTINUE WHEN (bot = ANY ({VISIBLE_BOTS})) IS NOT TRUE;
        SELECT count(*) INTO taken FROM (
            SELECT FROM messages
            WHERE messages.bot_id = bot AND messages.role = 'user' AND {_WORDS} @@ asked
            LIMIT share + 1
        ) AS few;
        IF taken <= share THEN
            RETURN QUERY
                SELECT talk.bot_id, talk.profile_id, max(hit.created_at)
                FROM (
                    SELECT messages.conversation_id, messages.created_at
                    FROM messages
                    WHERE messages.bot_id = bot AND messages.role = 'user' AND {_WORDS} @@ asked
                    LIMIT share
                ) AS hit
                CROSS JOIN LATERAL (
                    SELECT conversations.bot_id, conversations.profile_id FROM conversations
                    WHERE conversations.bot_id = bot AND conversations.id = hit.conversation_id LIMIT 1
                ) AS talk
                GROUP BY talk.bot_id, talk.profile_id;
            CONTINUE;
        END IF;
        -- A row of nobody tells that not all of this bot's people may be among them.
        RETURN QUERY SELECT bot, NULL::uuid, NULL::timestamptz;
        missing := share;
        FOR month IN REVERSE this_month + 1 .. this_month - 36 LOOP
            RETURN QUERY
                SELECT talk.bot_id, talk.profile_id, max(hit.created_at)
                FROM (
                    SELECT messages.conversation_id, messages.created_at
                    FROM messages
                    WHERE messages.bot_id = bot AND messages.role = 'user' AND {_WORDS} @@ asked
                        AND {_MONTH} = month
                    LIMIT missing
                ) AS hit
                CROSS JOIN LATERAL (
                    SELECT conversations.bot_id, conversations.profile_id FROM conversations
                    WHERE conversations.bot_id = bot AND conversations.id = hit.conversation_id LIMIT 1
                ) AS talk
                GROUP BY talk.bot_id, talk.profile_id;
            GET DIAGNOSTICS taken = ROW_COUNT;
            missing := missing - taken;
            EXIT WHEN missing <= 0;
        END LOOP;
    END LOOP;
END
$$
"""  # noqa: S608 - constants


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0003_inbox"),
    ]

    operations = [
        # It lets an index on words begin with the bot; any owner of a database may create it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gin", migrations.RunSQL.noop),
        migrations.RunSQL(
            "CREATE INDEX messages_bot_words ON messages "
            f"USING gin (bot_id, ({_MONTH}), ({_WORDS})) WHERE role = 'user'",
            "DROP INDEX messages_bot_words",
        ),
        migrations.RunSQL(
            [
                _FUNCTION,
                "REVOKE ALL ON FUNCTION search_words(uuid[], text, integer) FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION search_words(uuid[], text, integer) TO app_staff",
            ],
            "DROP FUNCTION search_words(uuid[], text, integer)",
        ),
    ]
