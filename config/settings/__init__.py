"""Settings by topic; each file reads its own part of the environment."""

from config.settings.admin import *  # noqa: F403
from config.settings.base import *  # noqa: F403
from config.settings.bots import *  # noqa: F403
from config.settings.database import *  # noqa: F403
from config.settings.observe import *  # noqa: F403
from config.settings.web import *  # noqa: F403
from config.settings.work import *  # noqa: F403
