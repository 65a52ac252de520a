"""The WSGI entry: `granian --interface wsgi wsgi:app`."""

from consult import create_served_app

app = create_served_app()
