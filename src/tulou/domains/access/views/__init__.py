"""Pages of the access room: rights and copies, and the ways to the data."""
