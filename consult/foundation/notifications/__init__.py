"""Notifications: messages to one person each, kept as rows first and sent afterwards.

Each kind of message is declared once, with its topic. Of each topic a person chooses whether its
messages come at once, in a digest (daily or weekly) or not at all; what is for a digest waits as a
notice. A message is written in the transaction of the change it tells about, in the language of
its reader, with exactly one recipient, and sent by a lane beside the jobs: it waits, is sent, was
left out (its reader may no longer read it) or has failed for good, where an administrator sees it.
In the demonstration the mail stays in the house and is shown on a page.
"""
