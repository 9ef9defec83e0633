"""What the portal tells the world of trouble and planned work: incidents and maintenance, each with its updates."""
