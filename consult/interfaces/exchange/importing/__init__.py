"""From the staged copy to rows: each type of line in short transactions."""
