"""What the orders of statements are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.statements.queries import StatementOrder

ORDERS = {
    StatementOrder.AGREED: _l("Most people agree"),
    StatementOrder.CONTESTED: _l("Opinions differ most"),
    StatementOrder.NEWEST: _l("Newest"),
}
LABELS = (ORDERS,)
