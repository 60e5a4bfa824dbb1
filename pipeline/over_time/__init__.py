"""Stage two, day by day: the stored days of a dataset to its history."""
