"""Pages of the sharing room: asking, deciding, grants, and their registers."""
