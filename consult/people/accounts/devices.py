"""What a browser says it is, in plain words: "Firefox" and "Windows"."""

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(agent: str) -> tuple[str, str]:
    """Return browser and system of a User-Agent; an empty text for what is not known.

    The order counts: Edge says that it is Chrome too, and every one that it is Safari.
    """
    return _first(_BROWSERS, agent), _first(_SYSTEMS, agent)


def _first(signs: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for sign, name in signs if sign in agent), "")
