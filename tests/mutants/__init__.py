"""`make mutants`: small changes of what is read, listed, done and shown; tests must notice them."""
