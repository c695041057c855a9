"""Comments on a commitment, on a figure, or on a document passage by passage."""
