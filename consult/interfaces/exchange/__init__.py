"""A round in and out of the platform, in files that anyone can read.

A round travels as JSON Lines (interchange format, `docs/import-format.md`), and leaves as CSV, XLSX
and ODS too; a Polis export folder is read as it is. Importing goes in two steps: `reading` checks
everything outside the database and lists every problem with its line, and only then does
`importing` store the round. Importing the same file twice changes nothing; the same id with other
content is refused.
"""
