"""`make bench`: the product beside a floor page, on the same server and data, in one run."""
