"""Who sits in a body: members by collège, substitutes, and what everybody may read of them."""
