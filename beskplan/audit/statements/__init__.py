"""What a plan states: numbers, periods, names, tables and sentences, found and understood."""
