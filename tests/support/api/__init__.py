"""What tests of the scope API share."""
