"""Comments: what people say about something, in threads.

Whatever can be discussed holds a thread. A comment is a reaction, a question or suggested wording,
by a person, for an organisation if one speaks for it. It is pending until a moderator has looked
(or published at once, as the round says), and may be returned, hidden or withdrawn. A withdrawn
comment leaves its place, so answers to it keep standing.
"""
