"""The desk: everything that a hiring team orders from Parley, by a line, a form or a button."""
