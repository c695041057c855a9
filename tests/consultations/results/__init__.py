"""What is published of answers: counted once, frozen, corrected in the open."""
