"""What the fields of an export are called to whoever reads it, and how their values are written."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.foundation.core.labels import label
from consult.foundation.core.languages import LANGUAGE_NAMES
from consult.foundation.core.templating import day, moment

FIELDS: dict[str, Sentence] = {
    "about": _l("About what"),
    "action": _l("What should be done"),
    "active": _l("In use"),
    "added_at": _l("Added on"),
    "address": _l("E-mail address"),
    "alignment": _l("For or against"),
    "amount_cents": _l("Amount in cents"),
    "arrived_at": _l("Arrived on"),
    "answer": _l("Answer of the moderator"),
    "asked_at": _l("Asked on"),
    "at": _l("When"),
    "author": _l("Written by me"),
    "author_role": _l("Handed in as"),
    "began_at": _l("Began on"),
    "body": _l("Body"),
    "browser": _l("Browser"),
    "changed_at": _l("Changed on"),
    "choices": _l("What I chose, once it was right"),
    "chosen_at": _l("Chosen on"),
    "closed_at": _l("Ended on"),
    "code": _l("Code"),
    "columns": _l("What the columns are"),
    "comment": _l("Comment"),
    "comment_count": _l("Number of comments"),
    "comments.body": _l("Text"),
    "confirmed": _l("Confirmed"),
    "confirmed_at": _l("Confirmed on"),
    "contact": _l("Contact"),
    "content": _l("Text"),
    "contested_count": _l("Support and objections against each other"),
    "continues": _l("The earlier proposal that it continues"),
    "counted_neutral": _l("Neutral, as the source counted"),
    "counted_object": _l("Objections that the source counted"),
    "counted_support": _l("Support that the source counted"),
    "create_datetime": _l("Made on"),
    "created_at": _l("Made on"),
    "decided_at": _l("Decided on"),
    "decision": _l("The decision, once it took effect"),
    "decline_reason": _l("Reason for declining"),
    "digest": _l("Digest of the text"),
    "dislikes": _l("Dislikes at the source"),
    "display_name": _l("Name"),
    "email": _l("E-mail address"),
    "end_reason": _l("Reason of the end"),
    "ended_at": _l("Ended on"),
    "ends_on": _l("Last day"),
    "entered_by": _l("Entered by me"),
    "erased_at": _l("Emptied on"),
    "event": _l("Entry in the log"),
    "expires_at": _l("Valid until"),
    "field": _l("Part of the text"),
    "frequency": _l("How often"),
    "from": _l("From"),
    "function": _l("Function"),
    "given_at": _l("Given on"),
    "given_by": _l("Who gave the answer"),
    "given_on": _l("Given where"),
    "granted": _l("Granted"),
    "granted_at": _l("Given on"),
    "ground": _l("Ground"),
    "heading": _l("Round"),
    "how": _l("How I signed in"),
    "imported": _l("Came with an import"),
    "imported_at": _l("Imported on"),
    "invited_at": _l("Invited on"),
    "is_contact": _l("Contact of the organisation"),
    "issued_at": _l("Given on"),
    "issuer": _l("Provider"),
    "kept_at": _l("Kept on"),
    "kind": _l("Kind"),
    "language": _l("Language"),
    "last_at": _l("Last signed in on"),
    "likes": _l("Likes at the source"),
    "line": _l("Text"),
    "link": _l("Link"),
    "linked_at": _l("Linked on"),
    "links": _l("Links at the source"),
    "made_at": _l("Ready on"),
    "media_type": _l("Type"),
    "meeting": _l("Meeting"),
    "messages.body": _l("Text"),
    "name": _l("Name"),
    "named": _l("Name of an organisation that is not in the register"),
    "neutral_count": _l("Neutral"),
    "note": _l("Explanation"),
    "not_for_publication": _l("Do not publish my text"),
    "not_for_publication_reason": _l("Why should it not be public?"),
    "number": _l("Number"),
    "object_count": _l("Objections"),
    "on_behalf_of": _l("On behalf of"),
    "openness": _l("How it opens government"),
    "organisation": _l("Organisation"),
    "origin": _l("New or not"),
    "outcome": _l("Outcome"),
    "parent": _l("Answer to number"),
    "pass_count": _l("Passes"),
    "period": _l("Period"),
    "person": _l("Person"),
    "plan": _l("Plan"),
    "platform_roles": _l("Roles on the platform"),
    "possible_holder": _l("Who could do it"),
    "prepared_at": _l("Written on"),
    "presence": _l("Attendance"),
    "problem": _l("The problem"),
    "proposal": _l("Proposal"),
    "proved_at": _l("A secret given on"),
    "provider": _l("Confirmed by the provider"),
    "public_id": _l("Number in the address"),
    "published_at": _l("Published on"),
    "read_at": _l("Read on"),
    "reason": _l("Reason"),
    "redacted_at": _l("Left out on"),
    "reference": _l("Code at the source"),
    "refusal": _l("Why it was refused"),
    "reminded_at": _l("Reminded on"),
    "reported_at": _l("Reported on"),
    "result": _l("What will be different"),
    "role": _l("Role"),
    "round": _l("Round"),
    "rules": _l("Rules"),
    "said": _l("What was said"),
    "saved_at": _l("Saved on"),
    "scan_state": _l("What the virus scanner said"),
    "text_read": _l("How much of it a machine could read"),
    "suspected": _l("What may be personal data in it, by kind"),
    "scope": _l("Area"),
    "seal": _l("Seal"),
    "seat": _l("Seat"),
    "second": _l("Second factor"),
    "second_factor_at": _l("Second factor since"),
    "sector": _l("Sector"),
    "shown_at": _l("Shown on"),
    "shown_count": _l("Shown to how many people"),
    "seen_at": _l("Last seen on"),
    "sentence": _l("What is wrong"),
    "sent_at": _l("Sent on"),
    "settled_at": _l("Answered on"),
    "sha256": _l("Digest of the file"),
    "shown_versions": _l("Texts that were public"),
    "as_typed": _l("What could not be read in a draft, as it was typed"),
    "signed_at": _l("Signed on"),
    "since": _l("Since"),
    "size": _l("Size in bytes"),
    "source": _l("How it reached us"),
    "source_date": _l("Received on"),
    "source_note": _l("Meeting, letter or e-mail"),
    "source_url": _l("Address at the source"),
    "stance": _l("Position"),
    "starts_on": _l("First day"),
    "state": _l("State"),
    "state_before": _l("Where it stood before"),
    "subject": _l("Subject"),
    "subject_id": _l("Number on this site"),
    "support_count": _l("Support"),
    "suspended_at": _l("Suspended on"),
    "system": _l("System"),
    "taken_at": _l("Taken on"),
    "taken_back_at": _l("Taken back on"),
    "term": _l("Term"),
    "text": _l("Digest of the text"),
    "text_version": _l("Text number"),
    "theme": _l("Theme"),
    "title": _l("Title"),
    "to_discuss": _l("To discuss"),
    "topic": _l("Topic"),
    "translations": _l("In other languages"),
    "typed": _l("What I filled in"),
    "until": _l("Until"),
    "update_datetime": _l("Changed on"),
    "uploaded_at": _l("Attached on"),
    "us_phone_number": _l("Phone number"),
    "used_at": _l("Last used on"),
    "verb": _l("Decision"),
    "version": _l("Version"),
    "warned_at": _l("Warned on"),
    "withdrawn_at": _l("Withdrawn on"),
    "words": _l("Words that are looked for"),
    "withheld_at": _l("Held back on"),
    "written_at": _l("Written on"),
}
"""A test holds that no field is without a name; `part.field` is for one part only."""


def label_of_field(name: str, part: str = "") -> str:
    """Return what a field of an export is called; one word may mean another thing in some part."""
    return str(FIELDS.get(f"{part}.{name}") or FIELDS.get(name, name))


def value_in_words(name: str, value: object) -> str:
    """Write a value of an export as a reader does."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Enum):
        return str(label(value))
    if isinstance(value, str):
        return _said(name, value)
    if isinstance(value, Mapping):
        return "\n".join(f"{label_of_field(key)}: {_inner(said)}" for key, said in value.items())
    return ", ".join(map(_inner, value)) if isinstance(value, list) else str(value)


def _said(name: str, value: str) -> str:
    if name.endswith(("_at", "_datetime")) or name == "at":
        return moment(datetime.fromisoformat(value))
    if name.endswith(("_on", "_date")) and value[:1].isdigit():
        return day(date.fromisoformat(value))
    return str(LANGUAGE_NAMES[value]) if name == "language" else value


def _inner(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
