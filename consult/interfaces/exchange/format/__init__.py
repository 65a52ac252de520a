"""The interchange format: what a line of each type holds, how it is checked and written."""
