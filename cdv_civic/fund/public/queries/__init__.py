"""What the public pages of funds read; whom the desk asks too."""
