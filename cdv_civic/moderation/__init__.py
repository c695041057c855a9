"""Moderation of what people write for everybody to read: decisions that are explained, reported on, and contradicted.

As Regulation (EU) 2022/2065 asks of every host: a charter (art. 14), reports by anybody (art. 16), statements of
reasons (art. 17), a way to inform the authorities (art. 18); and, by our own choice, appeals and public figures.
"""
