"""What a text may say about a person that need not be public, told by rules and check digits.

A suspicion, never a verdict: a person decides. What is marked: citizen service numbers (BSN), bank
accounts, telephone numbers, addresses of e-mail, postcodes with a house number, names after a form
of address or after what says that a name follows, and, where they are called so, dates of birth,
licence plates and numbers of documents. What is not: who holds a public office, mailboxes of a
function (info@…), numbers of organisations, cases, laws, amounts and dates. No text is changed.
"""
