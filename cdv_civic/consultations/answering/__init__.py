"""Taking part on the site: the screens of a form, the answer that is sent, the receipt by which it is changed."""
