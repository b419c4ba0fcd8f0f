"""Catches every mail that the local stack sends and shows it on a page, so that none leaves the machine."""
