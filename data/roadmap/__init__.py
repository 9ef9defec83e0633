"""What is planned, in delivery and shipped, with the improvements that asked for it."""
