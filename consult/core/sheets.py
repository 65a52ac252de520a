"""Reading CSV: Python takes no cell of more than 128 KiB, and says a quotation mark is missing.

We bound files and lines ourselves; a cell that is too long is then refused where it stands, in the
words of its own field.
"""

import csv

LONGEST_CELL = 2 * 1024 * 1024

csv.field_size_limit(LONGEST_CELL)
