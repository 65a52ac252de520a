"""Analysis: pure functions on text. They read no database and know no person."""
