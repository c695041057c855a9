"""What pages read of commissions."""
