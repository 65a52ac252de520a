"""What the virus scanner said of a file, in words."""

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.foundation.files.models import ScanState

SCANS: dict[ScanState, Sentence] = {
    ScanState.UNSCANNED: _l("not scanned for viruses yet"),
    ScanState.CLEAN: _l("scanned for viruses"),
    ScanState.INFECTED: _l("a virus was found in it"),
}
LABELS = (SCANS,)
