"""A candidate's way through a requisition: stages, decisions, letters, shortlist."""
