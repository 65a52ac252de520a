"""`make guards`: the guards of the product, switched off one by one; each must turn tests red."""
