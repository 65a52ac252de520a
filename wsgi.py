"""The WSGI entry: `granian --interface wsgi wsgi:app`.

The `flask` command finds the application here as well; its commands need no secret key.
"""

import os
import sys

from consult import create_app, create_served_app
from consult.foundation.settings.environment import SettingsError

try:
    app = create_app() if os.environ.get("FLASK_RUN_FROM_CLI") else create_served_app()
except SettingsError as error:
    if os.environ.get("FLASK_RUN_FROM_CLI"):
        raise
    sys.exit(f"Consult does not start:\n{error}")
