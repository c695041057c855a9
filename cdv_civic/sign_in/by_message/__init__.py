"""Sign-in by a link or a code that was sent: e-mail, SMS."""
