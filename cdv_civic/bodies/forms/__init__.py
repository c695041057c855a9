"""Forms of the bodies’ desk."""
