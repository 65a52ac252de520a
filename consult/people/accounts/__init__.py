"""Accounts: a person who signs in, or who was imported from elsewhere and never will.

A person has a name to show, a language and, to sign in, an e-mail address that is never public.
An account is active or closed; a closed one keeps its contributions under a neutral name.
"""
