"""A team member rates one candidate on the kit's anchors, sealed until everybody has."""
