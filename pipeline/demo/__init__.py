"""A made-up sorting line: its pictures, its week, and the classifier that watches it."""
