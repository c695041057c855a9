"""Ideas that residents put in a box, support and weigh up; groups of them, and what became of each."""
