"""What the words of the business mean: terms, who looks after them, and how they change."""
