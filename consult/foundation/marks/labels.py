"""What the kinds of possible personal data are called, and what their author is asked."""

from flask_babel import lazy_gettext as _l

from consult.foundation.analysis.suspected.spans import SuspectedKind
from consult.foundation.core.errors import Sentence

KINDS: dict[SuspectedKind, Sentence] = {
    SuspectedKind.CITIZEN_NUMBER: _l("citizen service number"),
    SuspectedKind.BANK_ACCOUNT: _l("bank account"),
    SuspectedKind.TELEPHONE: _l("telephone number"),
    SuspectedKind.EMAIL: _l("e-mail address"),
    SuspectedKind.ADDRESS: _l("address"),
    SuspectedKind.NAME: _l("name"),
    SuspectedKind.DATE_OF_BIRTH: _l("date of birth"),
    SuspectedKind.LICENCE_PLATE: _l("licence plate"),
    SuspectedKind.DOCUMENT_NUMBER: _l("number of a document or a client"),
}
QUESTIONS: dict[SuspectedKind, Sentence] = {
    SuspectedKind.CITIZEN_NUMBER: _l("Is this somebody's citizen service number (BSN)?"),
    SuspectedKind.BANK_ACCOUNT: _l("Is this somebody's bank account?"),
    SuspectedKind.TELEPHONE: _l("Is this somebody's telephone number?"),
    SuspectedKind.EMAIL: _l("Is this somebody's e-mail address?"),
    SuspectedKind.ADDRESS: _l("Does somebody live here?"),
    SuspectedKind.NAME: _l("Is this the name of somebody who does not want to be named here?"),
    SuspectedKind.DATE_OF_BIRTH: _l("Is this somebody's date of birth?"),
    SuspectedKind.LICENCE_PLATE: _l("Is this somebody's licence plate?"),
    SuspectedKind.DOCUMENT_NUMBER: _l("Is this the number of somebody's document or file?"),
}
LABELS = (KINDS,)
