"""Translations of the interface: what somebody puts in the place of those that the site came with."""
