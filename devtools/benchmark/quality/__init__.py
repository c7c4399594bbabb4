"""How good the links are on data of several origins: the demo's fleet, two others with noise of their own, FEBRL4."""
