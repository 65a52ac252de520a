"""Invented personal data, written as people write it: valid by its check digits, of nobody."""

from collections.abc import Callable
from random import Random

Value = Callable[[Random], str]

_GIVEN = [
    "Jan", "Piet", "Anouk", "Fatima", "Mohammed", "Sjoerd", "Marijke",
    "Ömer", "Chloë", "Ngozi", "Willem-Jan", "Aïcha", "Bram", "Lieke",
    "Stanisław", "Truus", "Hüseyin", "Roos", "Jean-Pierre", "Kees", "Xi",
    "Joost", "Zeynep", "Eefje", "Tom",
]  # fmt: skip
_SURNAMES = [
    "Jansen", "de Vries", "van den Berg", "Bakker", "van der Meer", "El Amrani", "'t Hart",
    "Jansen-de Boer", "Öztürk", "Van Dijk", "O'Neill", "Smit", "ter Horst", "in 't Veld",
    "Ait Hammou", "Peeters", "Nguyen", "Kowalczyk", "De Groot", "Vos - van Leeuwen",
    "op den Kamp", "Müller", "Schouten", "Visser", "van 't Hof", "Dos Santos", "Y\u0131lmaz",
    "Brouwer",
]  # fmt: skip
_STREETS = [
    "Kerkstraat", "Dorpsweg", "Lange Nieuwstraat", "Burgemeester de Raadtlaan",
    "Van Goghstraat", "Hof van Holland", "2e Oosterparkstraat", "'s-Gravenzandelaan",
    "Achter de Kerk", "Prins Hendrikkade", "Molenpad", "Jan van Galenstraat", "Kleine Gracht",
    "Singel", "De Eikenhorst", "Boulevard Noord",
]  # fmt: skip
_TOWNS = [
    "Utrecht", "'s-Hertogenbosch", "Den Haag", "Bergen op Zoom", "Oude Pekela", "ALMERE",
    "Zwolle", "Sint Annaparochie",
]  # fmt: skip


def _digits(random: Random, number: int, first: str = "123456789") -> str:
    return random.choice(first) + "".join(random.choice("0123456789") for _ in range(number - 1))


def _in_groups(text: str, sizes: tuple[int, ...], between: str) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(text[start : start + size])
        start += size
    return between.join([*parts, text[start:]] if text[start:] else parts)


def _full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _unseen(text: str) -> str:
    middle = len(text) // 2
    return f"{text[:middle]}\u200b{text[middle:]}"


def bsn(random: Random) -> str:
    """A number that passes the eleven-test, made from its first eight digits."""
    while True:
        eight = _digits(random, 8)
        check = sum(int(one) * (9 - place) for place, one in enumerate(eight)) % 11
        if check < 10:
            plain = f"{eight}{check}"
            break
    ways: list[Value] = [
        lambda _: plain,
        lambda _: plain,
        lambda _: _in_groups(plain, (3, 3, 3), "."),
        lambda _: _in_groups(plain, (3, 3, 3), " "),
        lambda _: _in_groups(plain, (3, 3, 3), "\u00a0"),
        lambda _: _in_groups(plain, (3, 3, 3), "-"),
        lambda _: _in_groups(plain, (2, 2, 2, 3), "."),
        lambda _: _in_groups(plain, (2, 3, 4), " ") if plain[:2] not in {"19", "20"} else plain,
        lambda _: " ".join(plain),
        lambda _: _full_width(plain),
        lambda _: _unseen(plain),
        lambda _: _in_groups(plain, (3, 3, 3), "\u202f"),
    ]
    return random.choice(ways)(random)


def _iban(random: Random) -> str:
    country, bban = random.choice(
        [
            ("NL", random.choice(["ABNA", "INGB", "RABO", "TRIO", "BUNQ"]) + _digits(random, 10)),
            ("NL", random.choice(["ABNA", "INGB", "RABO", "SNSB", "ASNB"]) + _digits(random, 10)),
            ("DE", _digits(random, 18)),
            ("FR", _digits(random, 23)),
            ("BE", _digits(random, 12)),
        ]
    )
    whole = "".join(str(int(one, 36)) for one in f"{bban}{country}00")
    return f"{country}{98 - int(whole) % 97:02}{bban}"


def iban(random: Random) -> str:
    """An IBAN whose check digits are right (ISO 13616)."""
    plain = _iban(random)
    in_fours = tuple([4] * (len(plain) // 4))
    return random.choice(
        [
            plain,
            plain.lower(),
            _in_groups(plain, in_fours, " "),
            _in_groups(plain, in_fours, " "),
            _in_groups(plain, in_fours, "\u00a0"),
            _in_groups(plain, in_fours, "."),
            _in_groups(plain, in_fours, "-"),
            f"{plain[:2]} {plain[2:4]} {plain[4:8]} {plain[8:]}",
            _full_width(plain),
            _unseen(plain),
            _in_groups(plain, in_fours, "  "),
        ]
    )


def giro(random: Random) -> str:
    """An account number from before the IBAN."""
    plain = _digits(random, 9)
    return random.choice([_digits(random, 7), plain, _in_groups(plain, (2, 2, 2, 3), ".")])


def card(random: Random) -> str:
    """The number of a payment card (Luhn)."""
    fifteen = random.choice("45") + _digits(random, 14)
    doubled = [int(one) * (2 - place % 2) for place, one in enumerate(fifteen)]
    check = -sum(one - 9 if one > 9 else one for one in doubled) % 10
    plain = f"{fifteen}{check}"
    return random.choice([plain, _in_groups(plain, (4, 4, 4, 4), random.choice(" -\u00a0"))])


def phone(random: Random) -> str:
    """A Dutch number, mobile or not, in one of many ways."""
    eight, seven, six = (_digits(random, number) for number in (8, 7, 6))
    mobile = f"{random.choice('123458')}{eight[1:]}"
    area = random.choice(["10", "20", "30", "70", "40", "50", "24", "26", "58", "76"])
    town = random.choice(["416", "297", "512", "343", "182", "222"])
    return random.choice(
        [
            f"06{mobile}",
            f"06-{mobile}",
            f"06 {_in_groups(mobile, (2, 2, 2, 2), ' ')}",
            f"06 - {_in_groups(mobile, (2, 2, 2, 2), ' ')}",
            f"06.{_in_groups(mobile, (2, 2, 2, 2), '.')}",
            f"06/{mobile}",
            f"06\u2013{mobile}",
            f"(06) {_in_groups(mobile, (4, 4), ' ')}",
            f"+31 6 {_in_groups(mobile, (4, 4), ' ')}",
            f"+31 (0)6 {_in_groups(mobile, (2, 3, 3), ' ')}",
            f"+31(0)6-{mobile}",
            f"+316{mobile}",
            f"0031 6 {mobile}",
            f"00316{mobile}",
            f"0{area}-{seven}",
            f"0{area} {_in_groups(seven, (3, 4), ' ')}",
            f"(0{area}) {_in_groups(seven, (3, 2, 2), ' ')}",
            f"+31 {area} {_in_groups(seven, (3, 4), ' ')}",
            f"0{town}-{six}",
            f"0{town} - {_in_groups(six, (2, 2, 2), ' ')}",
            f"06\u00a0{_in_groups(mobile, (2, 2, 2, 2), chr(0xA0))}",
            _full_width(f"06-{mobile}"),
            _unseen(f"06{mobile}"),
            f"06-{mobile[:4]}\n{mobile[4:]}",
            " ".join(f"06{mobile}"),
            f"O6-{mobile}",
        ]
    )


def abroad(random: Random) -> str:
    """A number of another country."""
    return random.choice(
        [
            f"+32 47{_digits(random, 1)} {_in_groups(_digits(random, 6), (2, 2, 2), ' ')}",
            f"+49 30 {_digits(random, 7)}",
            f"+44 7911 {_digits(random, 6)}",
            f"+1 (202) 555-{_digits(random, 4)}",
            f"0032 47{_digits(random, 7)}",
            f"+33 6 {_in_groups(_digits(random, 8), (2, 2, 2, 2), ' ')}",
        ]
    )


def email(random: Random) -> str:
    """An address of somebody, also hidden from machines."""
    first = random.choice(
        ["jan", "p.devries", "fatima_87", "m.van.den.berg", "Sjoerd", "anouk+werk"]
    )
    house, top = random.choice(
        [
            ("voorbeeld", "nl"),
            ("gmail", "com"),
            ("mijn-eigen-site", "eu"),
            ("ziggo", "nl"),
            ("kpnmail", "nl"),
        ]
    )
    return random.choice(
        [
            f"{first}@{house}.{top}",
            f"{first}@{house}.{top}",
            f"{first}@mail.{house}.{top}",
            f"{first.upper()}@{house.upper()}.{top.upper()}",
            f"{first} (at) {house} (punt) {top}",
            f"{first}[at]{house}.{top}",
            f"{first} [at] {house} [dot] {top}",
            f"{first} apenstaartje {house} punt {top}",
            f"{first} at {house} dot {top}",
            f"{first} @ {house}.{top}",
            f"{first}@{house} . {top}",
            f"{first}\u200b@{house}.{top}",
            f"{first}\uff20{house}\uff0e{top}",
            f"{first}&#64;{house}.{top}",
            f"{first}(a){house}.{top}",
        ]
    )


def house(random: Random) -> str:
    """The number of a house."""
    number = random.choice(["1", "8", "12", "47", "103", "1250"])
    return number + random.choice(["", "", "", "a", " B", "-2", "bis", "-III", "/3"])


def postcode(random: Random) -> str:
    """A Dutch postcode."""
    letters = random.choice("ABCDEGHJKLMNPRTVWXZ") + random.choice("ABCEGHJKLNPRTVWXZ")
    digits = random.choice(["1234", "3511", "9711", "6811", "5038", "8022", "2595", "7411"])
    return random.choice([f"{digits} {letters}", f"{digits}{letters}", f"{digits}\u00a0{letters}"])


def street(random: Random) -> str:
    """A street with a number."""
    return f"{random.choice(_STREETS)} {house(random)}"


def town(random: Random) -> str:
    """A town."""
    return random.choice(_TOWNS)


def surname(random: Random) -> str:
    """A family name."""
    return random.choice(_SURNAMES)


def given(random: Random) -> str:
    """A given name."""
    return random.choice(_GIVEN)


def name(random: Random) -> str:
    """A name after a form of address: with initials, a given name, or neither."""
    initials = random.choice(["J.", "A.B.", "J. P.", "Th.", "M.C.J.", "IJ."])
    return random.choice(
        [surname(random), f"{initials} {surname(random)}", f"{given(random)} {surname(random)}",
         f"{initials}{surname(random)}"]
    )  # fmt: skip


def fullname(random: Random) -> str:
    """A given name, or initials, and a family name."""
    before = random.choice([given(random), given(random), "J.", "A.B.", f"{given(random)} J."])
    return f"{before} {surname(random)}"


def upper(random: Random) -> str:
    """A name in capitals."""
    return surname(random).upper()


def date(random: Random) -> str:
    """A day, long ago enough."""
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(1930, 2012)
    in_dutch = (
        "januari februari maart april mei juni juli augustus september oktober november december"
    )
    in_english = (
        "January February March April May June July August September October November December"
    )
    return random.choice(
        [
            f"{day}-{month}-{year}",
            f"{day:02}-{month:02}-{year}",
            f"{day}/{month}/{year}",
            f"{day:02}.{month:02}.{year}",
            f"{year}-{month:02}-{day:02}",
            f"{day} {in_dutch.split()[month - 1]} {year}",
            f"{day} {in_english.split()[month - 1]} {year}",
            f"{day:02}-{month:02}-{year % 100:02}",
            f"{day}\u00a0{in_dutch.split()[month - 1][:3]}. {year}",
        ]
    )


def plate(random: Random) -> str:
    """A Dutch licence plate."""

    def letters(number: int) -> str:
        return "".join(random.choice("BDFGHJKLNPRSTVXZ") for _ in range(number))

    return random.choice(
        [
            f"{_digits(random, 2)}-{letters(3)}-{_digits(random, 1)}",
            f"{letters(1)}-{_digits(random, 3)}-{letters(2)}",
            f"{letters(2)}-{_digits(random, 3)}-{letters(1)}",
            f"{_digits(random, 2)}-{letters(2)}-{letters(2)}",
            f"{_digits(random, 1)}-{letters(3)}-{_digits(random, 2)}",
            f"{letters(2)}-{_digits(random, 2)}-{letters(2)}",
            f"{letters(3)}-{_digits(random, 2)}-{letters(1)}",
        ]
    )


def passport(random: Random) -> str:
    """A number as on a Dutch passport: two letters, six letters or digits, a digit."""
    middle = "".join(random.choice("0123456789BCDFGHJKLP") for _ in range(3))
    return f"N{random.choice('XPRW')}{_digits(random, 3)}{middle}{_digits(random, 1)}"


def licence(random: Random) -> str:
    """A number of ten digits, as on a driving licence."""
    return _digits(random, 10)


def client(random: Random) -> str:
    """A number under which an office knows somebody."""
    return random.choice([_digits(random, 7), _digits(random, 8), f"C{_digits(random, 7)}"])


def bsn_said(random: Random) -> str:
    """How somebody calls the number that follows."""
    return random.choice(["bsn ", "BSN: ", "burgerservicenummer ", ""])


def _number_of(digits: int) -> Value:
    return lambda random: _digits(random, digits)


def amount(random: Random) -> str:
    """A number with a dot, or a space, between its thousands."""
    millions, thousands, ones = (_digits(random, 3) for _ in range(3))
    return random.choice(
        [f"{thousands}.{ones}", f"{millions}.{thousands}.{ones}", f"{millions} {thousands} {ones}"]
    )


def day(random: Random) -> str:
    """A day in this century, which is nobody's date of birth."""
    number, month, year_ = random.randint(1, 28), random.randint(1, 12), random.randint(2001, 2027)
    return random.choice(
        [f"{number} mei {year_}", f"{number:02}-{month:02}-{year_}", f"{number}/{month}/{year_}",
         f"{year_}-{month:02}-{number:02}"]
    )  # fmt: skip


def year(random: Random) -> str:
    """A year."""
    return str(random.randint(1995, 2030))


def period(random: Random) -> str:
    """Some years."""
    first = random.randint(2018, 2026)
    return random.choice(
        [f"{first}-{first + 4}", f"{first}\u2013{first + 3}", f"{first}/{first + 1}"]
    )


def article(random: Random) -> str:
    """An article of a law."""
    return random.choice(["3.1", "5.1, tweede lid", "8:29", "6:162", "10", "2.2a"])


def isbn(random: Random) -> str:
    """The number of a book."""
    nine = _digits(random, 9)
    check = -sum((3 if place % 2 else 1) * int(one) for place, one in enumerate(f"978{nine}")) % 10
    return random.choice([f"978-{nine[:2]}-{nine[2:6]}-{nine[6:]}-{check}", f"978{nine}{check}"])


def latitude(random: Random) -> str:
    """Degrees north."""
    return f"52.{_digits(random, random.choice([4, 6]))}"


def longitude(random: Random) -> str:
    """Degrees east."""
    return f"{random.choice('456')}.{_digits(random, random.choice([4, 6]))}"


def rsin(random: Random) -> str:
    """The number of a legal person, which passes the eleven-test as well."""
    while (plain := bsn(random)).isascii() and not plain.isdigit():
        pass
    return plain


VALUES: dict[str, Value] = {
    "two": _number_of(2), "three": _number_of(3), "four": _number_of(4), "five": _number_of(5),
    "six": _number_of(6), "eight": _number_of(8), "nine": _number_of(9), "ten": _number_of(10),
    "sixteen": _number_of(16), "twenty": _number_of(20), "kvk": _number_of(8),
} | {
    one.__name__: one
    for one in (
        bsn, iban, giro, card, phone, abroad, email, house, postcode, street, town, surname, given,
        name, fullname, upper, date, plate, passport, licence, client, bsn_said,
        amount, day, year, period, article, isbn, latitude, longitude, rsin,
    )
}  # fmt: skip
