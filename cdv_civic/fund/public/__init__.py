"""Public pages of funds: what each pays and how, its money, its rounds, their projects, and what becomes of them."""
