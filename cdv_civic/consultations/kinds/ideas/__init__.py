"""Ideas: a step that takes them in a box, where they are supported, weighed up and grouped."""
