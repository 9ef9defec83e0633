"""What has to be told to people, written with the change that it tells of."""
