"""Who takes part: accounts, organisations and bodies, invitations, and what is kept of people."""
