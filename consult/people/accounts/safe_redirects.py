"""Where signing in may lead: only to a page of this site."""

from urllib.parse import urlsplit

LONGEST = 2000
_STARTS = ("/nl/", "/en/")
_LAST_CONTROL, _DELETE = 0x20, 0x7F


def local_path(asked: str | None) -> str:
    """Return the address back if it is a plain path of ours, else an empty text.

    Browsers read a backslash as `/`, drop control characters and accept `//host`; whatever is not
    plain is no address of ours (CVE-2021-32805 and its relatives).
    """
    asked = asked or ""
    plain = all(_LAST_CONTROL < ord(sign) < _DELETE and sign != "\\" for sign in asked)
    if len(asked) > LONGEST or not plain or not asked.startswith(_STARTS):
        return ""
    path = urlsplit(asked).path
    return "" if "//" in path or "/.." in path or "/./" in path else asked
