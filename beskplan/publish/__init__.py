"""What leaves the house: catalogue, approval, the committee's packet, mail."""
