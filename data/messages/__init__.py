"""What the portal tells everybody: announcements, incident updates, maintenance windows and release notes."""
