"""Places and who acts there: contracts, communes, quartiers, organisations, axes, bodies."""
