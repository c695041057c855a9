"""The desk of commissions: members, meetings, decisions; and the pages of whoever sits."""
