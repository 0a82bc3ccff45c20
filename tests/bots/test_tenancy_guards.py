"""Every table that holds rows of a bot keeps them apart; one that is added without that fails here."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import models

from bots.models import BotMetric
from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel
from core.operations import PARTITIONS
from core.roles import ROLES
from tests.fixtures import catalogue
from tests.fixtures.catalogue import FIGURES_POLICY, TenantTableShape

# Tables that belong to the installation, not to one bot. A new name here needs a reason that survives review.
REGISTRY = {
    "bots.Bot",  # the tenant itself
    "bots.BotStatus",
    "bots.BotAccess",
    "bots.BotPicture",  # what Telegram shows of the bot itself
    # How staff sign in; nothing of the people whom bots talk to.
    "bots.SecondFactor",
    "bots.RecoveryCode",
    "bots.SignInTry",
    "bots.StaffSession",
    "bots.Persona",  # shared by bots, written by staff, says nothing of people
    "bots.Prompt",
    "bots.PromptDraft",
    "bots.PromptVersion",
    "events.TaskRun",  # background work of the installation; says nothing of people
    "bots.Alert",  # staff are told of bots and of the installation; says nothing of people
    "profiles.Stream",  # the programmes on offer
    "journey.StageVersion",  # wordings of the stages, like prompts
    "sessions_app.SavedReply",  # words that operators use again
    "audit.AuditEntry",  # the book of changes, under policies of its own; of people only opaque ids
    # Of several bots at once, under policies of their own; they say nothing of people.
    "broadcast.Broadcast",
    "broadcast.BroadcastChange",
    "broadcast.BroadcastFile",
    "broadcast.Segment",  # criteria under a name
}
FRAMEWORK = {"admin", "auth", "contenttypes", "sessions"}

Owner = psycopg.Connection[tuple[object, ...]]


def all_models() -> list[type[models.Model]]:
    # A proxy is the same rows seen from elsewhere.
    return [each for each in apps.get_models(include_auto_created=True) if not each._meta.proxy]


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in all_models() if issubclass(model, TenantModel)]


def shape_of(model: type[TenantModel]) -> TenantTableShape:
    keys = [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]
    return TenantTableShape(
        model._meta.db_table,
        is_partitioned=model.is_partitioned,
        references=tuple((key.column, key.related_model._meta.db_table) for key in keys),
        is_figures=model.personal_data.erasure is Erasure.NOT_PERSONAL,
    )


def strays() -> list[str]:
    """Models that are neither a tenant's nor on the list of those that need not be."""
    return [
        model._meta.label
        for model in all_models()
        if not issubclass(model, TenantModel)
        and model._meta.app_label not in FRAMEWORK
        and model._meta.label not in REGISTRY
    ]


def each_tenant_model() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)


def test_every_model_belongs_to_a_bot_or_is_known_not_to():
    assert strays() == []


def test_every_table_has_a_model(owner_database: Owner):
    modelled = {model._meta.db_table for model in all_models()}
    assert catalogue.tables(owner_database) - modelled == {"django_migrations"}


@each_tenant_model()
def test_a_tenants_table_keeps_every_promise(model: type[TenantModel], owner_database: Owner):
    assert catalogue.problems(owner_database, shape_of(model)) == []


@each_tenant_model()
def test_a_tenants_table_is_pointed_at_only_with_its_bot(model: type[TenantModel]):
    plain = [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and not isinstance(field, TenantForeignKey)
        and issubclass(field.related_model, TenantModel)
    ]
    assert plain == []


@pytest.mark.parametrize("role", sorted(ROLES.values()))
def test_the_roles_of_the_application_have_no_power_over_policies(role: str, owner_database: Owner):
    assert catalogue.role_problems(owner_database, role) == []


def test_nothing_runs_with_the_owners_eyes(owner_database: Owner):
    assert catalogue.ways_around_policies(owner_database) == []


@each_tenant_model()
def test_a_tenants_model_says_how_it_takes_part_in_erasing_and_exporting(model: type[TenantModel]):
    declared = vars(model).get("personal_data")
    assert isinstance(declared, PersonalData)
    assert declared.exported == () if declared.erasure is Erasure.NOT_PERSONAL else True
    assert bool(declared.exported) == bool(declared.profile or declared.telegram)
    for name in declared.exported:
        model._meta.get_field(name)
    for name in declared.telegram:
        model._meta.get_field(name)
    # Whatever is erased of a person they may take along before.
    assert bool(declared.exported) == (declared.erasure is not Erasure.NOT_PERSONAL)
    if declared.profile is not None:
        # Raises FieldError where the look-up leads nowhere.
        str(model._base_manager.filter(**{declared.profile: uuid4()}).query)


@pytest.mark.parametrize(
    "model",
    [each for each in tenant_models() if each.personal_data.erasure is Erasure.CASCADES],
    ids=lambda model: model._meta.label,
)
def test_what_is_said_to_go_with_the_profile_does(model: type[TenantModel], owner_database: Owner):
    assert catalogue.cascades_from_profiles(owner_database, model._meta.db_table)


@pytest.mark.parametrize(
    "model",
    [each for each in tenant_models() if each.personal_data.erasure is not Erasure.CASCADES],
    ids=lambda model: model._meta.label,
)
def test_what_does_not_go_with_the_profile_says_so(model: type[TenantModel], owner_database: Owner):
    assert not catalogue.cascades_from_profiles(owner_database, model._meta.db_table)


@pytest.fixture
def scratch(owner_database: Owner) -> Iterator[Owner]:
    """The owner in a transaction that never happened."""
    with owner_database.transaction(force_rollback=True):
        yield owner_database


def break_by(owner: Owner, *statements: str, shape: TenantTableShape | None = None) -> list[str]:
    for statement in statements:
        owner.execute(statement)
    return catalogue.problems(
        owner, shape or TenantTableShape("consents", references=(("profile_id", "profiles"),))
    )


def test_the_guards_see_a_table_that_has_nothing(scratch: Owner):
    bare = TenantTableShape("bare", references=(("profile_id", "profiles"),))
    assert break_by(
        scratch,
        "CREATE TABLE bare (id uuid PRIMARY KEY, bot_id uuid, profile_id uuid, word text UNIQUE)",
        shape=bare,
    ) == [
        "bare: is partitioned by None, not HASH (bot_id)",
        "bare: is not granted to app_staff",
        "bare: is not granted to bot_runtime",
        "bare: its primary key is [['id']], not (bot_id, id)",
        "bare: unique bare_word_key does not begin with bot_id",
        "bare: is not tied to its bot",
        "bare.profile_id: is not held by (bot_id, profile_id) -> profiles (bot_id, id)",
        "bare: no index begins with (bot_id)",
        "bare: no index begins with (bot_id, profile_id)",
        "bare: row level security is not enabled",
        "bare: row level security is not forced",
        "bare: its policies are [], not the one of tenants",
    ]


def test_the_guards_see_a_table_that_is_not_there(scratch: Owner):
    assert break_by(scratch, shape=TenantTableShape("nowhere")) == ["nowhere: there is no such table"]


PARTIAL_INDEX = "CREATE INDEX some_of_them ON consents (bot_id, profile_id) WHERE withdrawn_at IS NULL"
OTHER_KEY = (
    "ALTER TABLE consents DROP CONSTRAINT consents_profile_id_tenant_fk, ADD CONSTRAINT mistaken "
    "FOREIGN KEY (bot_id, profile_id) REFERENCES profiles (bot_id, id)"
)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "ALTER TABLE consents_p3 DISABLE ROW LEVEL SECURITY",
            "consents_p3: row level security is not enabled",
        ),
        ("ALTER TABLE consents NO FORCE ROW LEVEL SECURITY", "consents: row level security is not forced"),
        (
            "CREATE POLICY staff_see_all ON consents TO app_staff USING (true)",
            "consents: its policies are ['staff_see_all', 'visible_bots'], not the one of tenants",
        ),
        (
            "ALTER POLICY visible_bots ON consents_p0 WITH CHECK (true)",
            "consents_p0: its policies are ['visible_bots'], not the one of tenants",
        ),
        (
            "ALTER POLICY visible_bots ON consents TO app_staff",
            "consents: its policies are ['visible_bots'], not the one of tenants",
        ),
        (
            "GRANT SELECT ON consents_p1 TO app_staff",
            "consents_p1: a partition is granted to app_staff by name",
        ),
        (
            "GRANT SELECT (terms) ON consents_p1 TO PUBLIC",
            "consents_p1: a partition is granted to PUBLIC by name",
        ),
        (
            f"CREATE POLICY figure_bots ON consents FOR SELECT TO app_staff USING {FIGURES_POLICY}",
            "consents: its policies are ['figure_bots', 'visible_bots'], not the one of tenants",
        ),
        ("GRANT TRUNCATE ON consents TO bot_runtime", "consents: bot_runtime has TRUNCATE"),
        ("GRANT SELECT ON consents TO PUBLIC", "consents: PUBLIC has SELECT"),
        ("REVOKE SELECT ON consents FROM app_staff", "consents: is not granted to app_staff"),
        ("DROP INDEX consents_bot_profile", "consents: no index begins with (bot_id, profile_id)"),
        (
            f"DROP INDEX consents_bot_profile; {PARTIAL_INDEX}",
            "consents: no index begins with (bot_id, profile_id)",
        ),
        ("ALTER TABLE consents DROP CONSTRAINT consents_bot_fk", "consents: is not tied to its bot"),
        (
            "ALTER TABLE consents DROP CONSTRAINT consents_profile_id_tenant_fk",
            "consents.profile_id: is not held by (bot_id, profile_id) -> profiles (bot_id, id)",
        ),
        (
            f"{OTHER_KEY} ON DELETE SET NULL",
            "consents.profile_id: a deletion would null bot_id",
        ),
        (OTHER_KEY, "consents.profile_id: neither cascades nor is set to null"),
        ("DROP TABLE consents_p7", f"consents: has {PARTITIONS - 1} partitions, not {PARTITIONS}"),
    ],
)
def test_the_guards_see_each_thing_that_can_be_forgotten(scratch: Owner, statement: str, problem: str):
    assert break_by(scratch, statement) == [problem]


def test_the_guards_see_a_reference_that_does_not_name_the_bot(scratch: Owner):
    assert break_by(
        scratch,
        "ALTER TABLE inbound_updates ADD COLUMN answer uuid REFERENCES outbound_messages (id)",
        shape=TenantTableShape("inbound_updates", is_partitioned=False),
    ) == ["inbound_updates: inbound_updates_answer_fkey points at outbound_messages without its bot"]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP POLICY figure_bots ON bot_metrics_p2",
        "ALTER POLICY figure_bots ON bot_metrics_p2 USING (true)",
        "ALTER POLICY figure_bots ON bot_metrics_p2 TO PUBLIC",
        f"CREATE POLICY figures_too ON bot_metrics_p2 USING {FIGURES_POLICY}",
    ],
)
def test_the_guards_see_figures_that_are_shown_to_too_many_or_too_few(scratch: Owner, statement: str):
    shape = shape_of(BotMetric)
    assert break_by(scratch, "SELECT 1", shape=shape) == []
    found = break_by(scratch, statement, shape=shape)
    assert [each.partition(":")[0] for each in found] == ["bot_metrics_p2"]


def test_the_guards_see_what_runs_with_the_owners_eyes(scratch: Owner):
    scratch.execute("CREATE VIEW everyone AS SELECT * FROM profiles")
    scratch.execute("CREATE VIEW mine WITH (security_invoker = true) AS SELECT * FROM profiles")
    scratch.execute("CREATE MATERIALIZED VIEW copied AS SELECT * FROM profiles")
    scratch.execute(
        "CREATE FUNCTION all_of_them() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
        "RETURN (SELECT count(*) FROM profiles)"
    )
    assert catalogue.ways_around_policies(scratch) == [
        "view copied",
        "view everyone",
        "function all_of_them()",
    ]


def test_the_guards_see_a_role_with_too_much_power(scratch: Owner):
    scratch.execute("GRANT CREATE ON SCHEMA public TO bot_runtime")
    assert catalogue.role_problems(scratch, "bot_runtime") == ["bot_runtime: may create in the schema"]
    assert catalogue.role_problems(scratch, "nobody_of_ours") == ["nobody_of_ours: there is no such role"]
    assert "app_owner: bypasses policies" in catalogue.role_problems(scratch, "app_owner")


def test_the_guards_see_a_row_that_would_outlive_its_person(scratch: Owner):
    assert catalogue.cascades_from_profiles(scratch, "consents")
    scratch.execute("ALTER TABLE consents ALTER COLUMN profile_id DROP NOT NULL")
    assert not catalogue.cascades_from_profiles(scratch, "consents")
