"""What files keep about people: who attached them."""

from flask_babel import lazy_gettext as _l

from consult.foundation.files.models import StoredFile
from consult.foundation.personal_data.export_parts import ExportPart

PARTS = (
    ExportPart(
        "files",
        _l("Files that I attached"),
        StoredFile,
        (StoredFile.uploaded_by_id,),
        place=60,
        leaves_out=("waits_for",),
    ),
)
