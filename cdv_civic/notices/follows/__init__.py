"""What people follow: the news of it goes to them in digests and feeds, its dates in reminders."""
