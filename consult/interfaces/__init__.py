"""How the outside meets it: pages, documents, interchange, backups, commands, a demonstration."""
