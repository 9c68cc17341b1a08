"""Pages of the catalogue: registers, the entry's page, its moves, the form and its starts."""
