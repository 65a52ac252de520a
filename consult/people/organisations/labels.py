"""What the kinds of organisations and bodies are called."""

from flask_babel import lazy_gettext as _l

from consult.people.organisations.models import BodyKind, Function, Layer, Sector

SECTORS = {
    Sector.CIVIL_SOCIETY: _l("Civil society"),
    Sector.GOVERNMENT: _l("Government"),
    Sector.BUSINESS: _l("Business"),
    Sector.KNOWLEDGE: _l("Knowledge institutions"),
}
LAYERS = {
    Layer.NATIONAL: _l("National government"),
    Layer.PROVINCE: _l("Provinces"),
    Layer.MUNICIPALITY: _l("Municipalities"),
    Layer.WATER_AUTHORITY: _l("Water authorities"),
}
BODY_KINDS = {
    BodyKind.FORUM: _l("Stakeholder forum"),
    BodyKind.BOARD: _l("Programme board"),
    BodyKind.INTERDEPARTMENTAL: _l("Interdepartmental meeting"),
    BodyKind.COALITION: _l("Coalition"),
    BodyKind.UMBRELLA: _l("Meeting of umbrella organisations"),
}
FUNCTIONS = {
    Function.CHAIR: _l("Chair"),
    Function.SECRETARY: _l("Secretary"),
    Function.MEMBER: _l("Member"),
}
LABELS = (SECTORS, LAYERS, BODY_KINDS, FUNCTIONS)
