"""What stands lowest: database, unit of work, clock, refusals, text, pages and search.

Nothing here knows what a consultation is.
"""

from flask import Flask

from consult.foundation.core.assets import init_assets
from consult.foundation.core.compression import init_compression
from consult.foundation.core.error_pages import init_error_pages
from consult.foundation.core.extensions import init_extensions
from consult.foundation.core.headers import init_headers
from consult.foundation.core.kept_parts import init_kept_parts
from consult.foundation.core.page_cache import init_page_cache
from consult.foundation.core.retry import init_retry
from consult.foundation.core.routing import init_routing
from consult.foundation.core.templating import init_templating


def init_app(app: Flask) -> None:
    """Bind the libraries, and what every request and every page stands on."""
    init_compression(app)
    init_assets(app)
    init_routing(app)
    init_extensions(app)
    init_templating(app)
    init_error_pages(app)
    init_retry(app)
    init_headers(app)
    init_page_cache(app)
    init_kept_parts(app)
