"""A message as it leaves: its text with a foot, the same in HTML, and the headers that matter."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives
from markupsafe import Markup

from consult.foundation.core.addresses import address_of
from consult.foundation.core.text import lines as as_lines
from consult.foundation.notifications.kinds import BELOW_THE_FOOT, DIGEST, MessageKind, kind_of
from consult.foundation.notifications.labels import BECAUSE, BECAUSE_DIGEST, BECAUSE_RECEIPT
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.unsubscribe import address_to_stop

_HEADING = re.compile(r"== (.+) ==")
_ITEM = re.compile(r"- (.+)")


@dataclass(frozen=True)
class Sender:
    """Who speaks in a mail: a name and a colour at its head, and where to turn to at its foot.

    Without a name, the letter bears that of the software, and comes from whom the setting names.
    """

    name: str = ""
    colour: str = "#6b1a6b"
    email: str = ""
    phone: str = ""


_senders: list[Callable[[], Sender]] = []


def sign_letters(sender: Callable[[], Sender]) -> None:
    """Register who says, in the language of a letter, who sends it."""
    _senders[:] = [sender]


def _sender() -> Sender:
    return _senders[0]() if _senders else Sender()


@dataclass(frozen=True)
class Email:
    """One message, ready to go."""

    kind: str
    subject: str
    said: str
    """The text without its foot; what stands below that comes after a mark."""
    text: str
    html: str
    headers: dict[str, str]
    address: str
    sender: str
    """Who sends it: a name, and the address of the setting."""

    def mail(self) -> EmailMultiAlternatives:
        """Make the mail of it: the text and, of the same text, the HTML."""
        made = EmailMultiAlternatives(
            subject=self.subject,
            body=self.text,
            from_email=self.sender,
            to=[self.address],
            headers=self.headers,
        )
        made.attach_alternative(self.html, "text/html")
        return made


def letter_of(message: Message) -> Email:
    """Make the letter of a message whose text is known."""
    kind = kind_of(message.kind)
    language = message.language
    stop = address_to_stop(message.person_id, kind, language)
    with force_locale(language):
        sender = _sender()
        why = str(_because(kind))
        choose = "" if message.person_id is None else address_of("accounts.notifications", language)
        foot = render_template(
            "emails/_foot.txt", sender=sender, because=why, choose=choose, stop=stop
        )
        body, _mark, proof = message.body.partition(BELOW_THE_FOOT)
        html = render_template(
            "emails/_letter.html",
            language=language,
            sender=sender,
            subject=message.subject,
            content=as_html(body, structured=message.kind == DIGEST),
            because=why,
            choose=choose,
            stop=stop,
            proof=as_html(proof) if proof else "",
        )
    return Email(
        kind=message.kind,
        subject=message.subject,
        said=message.body,
        text=f"{body.rstrip()}\n\n{foot}" + (f"\n{proof.strip()}\n" if proof else ""),
        html=html,
        headers=_headers(message, stop),
        address=message.address,
        sender=_from(sender),
    )


def _from(sender: Sender) -> str:
    name, address = parseaddr(current_app.config["MAIL_FROM"])
    return formataddr((sender.name or name, address))


def _because(kind: MessageKind) -> object:
    if kind.name == DIGEST:
        return BECAUSE_DIGEST
    if kind.always and kind.topic.value == "contribution":
        return BECAUSE_RECEIPT
    return BECAUSE[kind.topic]


def _headers(message: Message, stop: str) -> dict[str, str]:
    domain = current_app.config["MAIL_FROM"].rpartition("@")[2].rstrip(">") or "localhost"
    headers = {
        "Message-ID": f"<{message.public_id}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    if stop:
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def as_html(text: str, *, structured: bool = False) -> Markup:
    """Make HTML of a plain text: paragraphs, line ends and links, nothing hidden behind a word.

    A `structured` text, which is ours line by line, has headings (== Replies ==) and items with
    an address below them.
    """
    blocks = re.split(r"\n\s*\n", text.strip())
    made = Markup("\n")
    return made.join(part for block in blocks for part in _block(block, structured=structured))


def _block(block: str, *, structured: bool) -> Iterator[Markup]:
    lines = block.splitlines()
    if structured and (heading := _HEADING.fullmatch(lines[0])):
        yield Markup("<h2>{}</h2>").format(heading[1])
    elif structured and _ITEM.fullmatch(lines[0]):
        yield Markup("<ul>\n{}\n</ul>").format(Markup("\n").join(_items(lines)))
    else:
        yield Markup("<p>{}</p>").format(as_lines(block))


def _items(lines: list[str]) -> Iterator[Markup]:
    for place, line in enumerate(lines):
        if (item := _ITEM.fullmatch(line)) is None:
            continue
        below = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if below.startswith(current_app.config["BASE_URL"] + "/"):
            yield Markup('<li><a href="{}">{}</a></li>').format(below, item[1])
        else:
            yield Markup("<li>{}</li>").format(item[1])
