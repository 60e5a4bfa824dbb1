"""The overview of many reports: its index, and a page for each year of each dataset."""
