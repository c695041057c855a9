"""What happened with a project: told by its carrier, read by the desk; or that it will not take place."""
