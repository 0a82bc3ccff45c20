"""What is said without being written anywhere in our code: by the admin's shell, which brings no translations, and
by fields that were given no name (core/apps.py).

Nothing imports this; `makemessages` reads it.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

_("Select record")
_("Select action")
_("Select action to run")
_(
    "Raw passwords are not stored, so there is no way to see this user’s password, but you can change the password "
    'using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
)
_("Select value")
_("Run")
_("After you've created a user, you’ll be able to edit more user options.")
_("Expand row")
_("Welcome back to")
_("Forgotten your password or username?")
_("Type to search")
_("You have been successfully logged out from the administration")
_("No data")
_("More actions")
_("All applications")
_("True")
_("False")
_("Apply Filters")
_("Select all rows")
_("Cancel")
_("Submit")
_("Record picture")
_("This item will be deleted.")
_("Click to cancel")
_("No results found")
_("This page yielded into no results. Create a new item or reset your filters.")
_("Reset filters")
_("Image preview")
_("Click to download")
_("Go back")
_("Previous")
_("Next")
_("General")
_("Light")
_("Dark")
_("System")
_("Return to site")
_("Choose file to upload")
_("Toggle password visibility")
_("Add row")
_("Date")
_("Search apps and models...")
_("Recent searches")
_("No recent searches")
_("No results matching your query")
_("Loading more results...")
# Django's short month stands after a day here: «5 мая», not «5 май».
_("may")
ngettext_lazy(
    "\n                Found %(counter)s result in %(time)s seconds\n            ",
    "\n                Found %(counter)s results in %(time)s seconds\n            ",
)
_("acknowledged by")
_("author")
_("cause")
_("confirmed by")
_("correlation id")
_("created at")
_("created by")
_("payload")
_("profile id")
_("session id")
_("updated at")
_("user id")
