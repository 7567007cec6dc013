"""What is given to others: approval, catalogue, the committee's packet, mail."""
