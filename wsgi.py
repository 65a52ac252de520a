"""The WSGI entry: `granian --interface wsgi wsgi:app`.

The `flask` command finds the application here as well; its commands need no secret key.
"""

import os

from consult import create_app, create_served_app

app = create_app() if os.environ.get("FLASK_RUN_FROM_CLI") else create_served_app()
