"""A folder of reports to a static site: which pages are to be made, and which files are ours."""
