"""Notifications: messages to one person each, kept as rows first and sent afterwards.

A message is written in the transaction of the change it tells about, in the language of its
reader, with exactly one recipient. The worker sends it; a message that cannot be sent stays and
is tried again. In the demonstration the mail stays in the house and is shown on a page.
"""
