"""The desk's pages of what residents say: the register of a body and all it does there; what organisations answer."""
