"""Acts of whoever enters what people said in person."""
