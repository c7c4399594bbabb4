"""Tools for those who try or change the product: never part of the image or the wheel."""
