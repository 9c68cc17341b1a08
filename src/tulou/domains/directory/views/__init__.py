"""Pages of the directory: registers and pages of what exists, forms of the data managers, accounts and desks."""
