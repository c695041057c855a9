"""« En ce moment »: what people can do now or soon, where, and until when, from every feature that offers something."""
