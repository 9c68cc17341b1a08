"""Pages of the security room."""
