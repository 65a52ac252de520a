"""What packages keep of people: each says it of its own tables, in its `personal.py`.

A part is what an export of one's own data holds of a table. A rule is how long a kind of data is
kept, from when, and what happens then. When an account closes, every package does its share, and
may say why that cannot be yet. This package only registers; privacy makes exports, holds to the
rules and closes accounts.
"""
