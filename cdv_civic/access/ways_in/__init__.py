"""How residents come in: a link or a code by e-mail, a code by SMS. No password to remember."""
