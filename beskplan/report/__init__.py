"""What a notebook imports: one module per Bilag, each with `load(kommune, aar)`."""
