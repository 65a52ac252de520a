"""Publishing: the pages and documents that read across the whole chain. It writes nothing.

Home pages per role, the public plan, round, proposal, commitment and version pages, the moderation
log, downloads, and the pages every public site owes its readers (privacy, accessibility, health).
"""
