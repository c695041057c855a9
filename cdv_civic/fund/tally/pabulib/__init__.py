"""Files of Pabulib, the public library of participatory budgeting: three sections of rows, separated by semicolons."""
