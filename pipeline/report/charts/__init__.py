"""Documents in, charts out. Nothing else in the project imports altair."""
