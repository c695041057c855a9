"""cdv_civic: a public space for the contrats de ville, quartier by quartier."""
