"""What a reader sees: tables, figures and sentences that carry their data."""
