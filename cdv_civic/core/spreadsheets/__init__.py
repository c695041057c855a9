"""Tables as spreadsheets give them, pasted or as a file: read into lines of cells; and written for them."""
