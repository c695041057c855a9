"""« À faire »: what waits for each person who works here, on one page, as a number in the menu, and by mail."""
