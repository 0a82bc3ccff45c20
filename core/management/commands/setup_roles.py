"""Make the two database roles of the application, or print what to run where that is not allowed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection, transaction

from core.roles import ROLES, role_sql, role_url


class Command(BaseCommand):
    help = "Create the roles app_staff and bot_runtime with passwords derived from SECRET_KEY (repeatable)."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print-env", action="store_true", help="print the roles' database addresses")
        parser.add_argument(
            "--print-sql", action="store_true", help="print the statements for a superuser, run nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        database = connection.settings_dict["NAME"]
        if options["print_sql"]:
            self._print_sql(database)
            return
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in role_sql(settings.SECRET_KEY, database):
                    cursor.execute(statement)
        except ProgrammingError as error:
            self._print_sql(database)
            message = (
                "this database user may not create roles; run the statements above as a superuser, then go on"
            )
            raise CommandError(message) from error
        if options["print_env"]:
            owner_url = settings.DATABASE_URL_OWNER
            for kind in ROLES:
                self.stdout.write(
                    f"DATABASE_URL_{kind.upper()}={role_url(owner_url, kind, settings.SECRET_KEY)}"
                )
        else:
            self.stdout.write(f"roles are ready: {', '.join(ROLES.values())}")

    def _print_sql(self, database: str) -> None:
        for statement in role_sql(settings.SECRET_KEY, database):
            self.stdout.write(f"{statement};")
        self.stdout.write(f'ALTER ROLE "{connection.settings_dict["USER"]}" BYPASSRLS;')
