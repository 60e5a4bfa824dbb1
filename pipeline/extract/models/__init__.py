"""Models behind one interface: open, feed, read."""
