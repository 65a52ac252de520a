"""What the virus scanner said of a file, and how much of it a machine read, in words."""

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.foundation.files.models import ScanState, TextRead

SCANS: dict[ScanState, Sentence] = {
    ScanState.UNSCANNED: _l("not scanned for viruses yet"),
    ScanState.CLEAN: _l("scanned for viruses"),
    ScanState.INFECTED: _l("a virus was found in it"),
}
READS: dict[TextRead, Sentence] = {
    TextRead.WHOLE: _l("looked into by machine"),
    TextRead.PART: _l("read by machine in part: look at the rest"),
    TextRead.UNREADABLE: _l("not readable by machine: look"),
}
LABELS = (SCANS, READS)
